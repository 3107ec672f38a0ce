// @peculiar/asn1-x509 needs this first; both are loaded only when a certificate must be made.
import 'reflect-metadata'
import net from 'node:net'
import { AsnConvert } from '@peculiar/asn1-schema'
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509'
import * as x509 from '@peculiar/x509'

/** No address is permitted by a list of host names alone, and no host name by a list of addresses: both are needed. */
const nowhere = { dns: 'invalid', ip: '0.0.0.0/32' }

/**
 * The extension by which an authority can sign for `names` and nothing else (RFC 5280, 4.2.1.10). A host name also
 * permits the names below it, as the standard has it.
 */
export function nameConstraints(names: readonly string[]): x509.Extension {
  const hosts = names.filter((name) => net.isIP(name) === 0).map((name) => name.replace(/^\*\./, ''))
  const addresses = names.filter((name) => net.isIP(name) !== 0).map((name) => `${name}/${net.isIPv4(name) ? 32 : 128}`)
  const permitted = [
    ...(hosts.length > 0 ? hosts : [nowhere.dns]).map((dNSName) => new GeneralName({ dNSName })),
    ...(addresses.length > 0 ? addresses : [nowhere.ip]).map((iPAddress) => new GeneralName({ iPAddress })),
  ].map((base) => new GeneralSubtree({ base }))
  const value = AsnConvert.serialize(new NameConstraints({ permittedSubtrees: new GeneralSubtrees(permitted) }))
  return new x509.Extension(id_ce_nameConstraints, true, value)
}

/** The names that an authority may sign for; none when it has no constraints, which is an authority of an older version. */
export function permittedNames(certificate: string): string[] {
  const extension = new x509.X509Certificate(certificate).getExtension(id_ce_nameConstraints)
  if (extension === null) return []
  const { permittedSubtrees } = AsnConvert.parse(extension.value, NameConstraints)
  return [...(permittedSubtrees ?? [])].flatMap(({ base: { dNSName, iPAddress } }) => {
    const name = dNSName ?? iPAddress?.replace(/\/\d+$/, '')
    return name === undefined || name === nowhere.dns || name === '0.0.0.0' ? [] : [name]
  })
}

export function isPermitted(name: string, permitted: readonly string[]): boolean {
  const host = name.replace(/^\*\./, '')
  return permitted.some((each) => host === each || (net.isIP(host) === 0 && host.endsWith(`.${each}`)))
}
