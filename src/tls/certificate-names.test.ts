import { X509Certificate } from 'node:crypto'
import { certificateNames, namesIn } from './certificate-names.ts'
import { makeAuthority, makeServerCertificate } from './make-certificates.ts'

test('names are each there once, in one spelling, and only such as a certificate can carry', () => {
  const names = certificateNames(
    {
      host: '0.0.0.0',
      publicUrl: 'https://[FD00:0::1]:8443',
      extraNames: ['Proxy.Example.com', 'localhost', '10.0.0.7'],
    },
    'Ana’s Laptop',
  )
  expect(names).toEqual(['localhost', '127.0.0.1', '::1', 'fd00::1', 'proxy.example.com', '10.0.0.7'])
})

test('the machine, the address listened on and the public host are in', () => {
  expect(
    certificateNames({ host: '10.1.2.3', publicUrl: 'https://stratus.example.com', extraNames: [] }, 'Box'),
  ).toEqual(['localhost', '127.0.0.1', '::1', 'box', '10.1.2.3', 'stratus.example.com'])
})

test('those in a certificate are read in the same spelling', async () => {
  const names = ['localhost', '127.0.0.1', '::1', 'fd00::1', '*.example.com']
  const authority = await makeAuthority('Box', names, new Date())
  const { certificate } = await makeServerCertificate(authority, names, new Date())
  expect(namesIn(new X509Certificate(certificate))).toEqual(names)
})
