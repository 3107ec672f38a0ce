#!/bin/sh
# Makes the file .env, or another one, from .env.example with random values in place of the public ones.
#
#   sh docker/make-env.sh [FILE]
set -eu
here=$(dirname "$0")
file=${1:-$here/../.env}
if [ -e "$file" ]; then
  echo "$file is there already. Remove it to have a new one: what the old one encrypted can then be read no more." >&2
  exit 1
fi
umask 077
while IFS= read -r line; do
  name=${line%%=*}
  case $line in
    STRATUS_SECRET_KEY=*) echo "$name=$(openssl rand -base64 32)" ;;
    AIRFLOW_FERNET_KEY=*) echo "$name=$(openssl rand -base64 32 | tr +/ -_)" ;;
    *=change-me*) echo "$name=$(openssl rand -hex 48)" ;;
    *) printf '%s\n' "$line" ;;
  esac
done <"$here/../.env.example" >"$file"
echo "Made $file."
