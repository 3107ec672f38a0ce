/** The functions, triggers and views, in the order in which they are applied: each may use those before it. */
export const repeatableFiles: readonly string[] = [
  'functions/ready-lane',
  'functions/claim-run',
  'functions/claim-run-to-execute',
  'functions/note-job-completions',
  'functions/node-outcome',
  'functions/count-nodes',
  'functions/note-failures',
  'views/shown-connections',
]
