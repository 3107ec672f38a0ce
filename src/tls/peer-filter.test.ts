import { createPeerFilter } from './peer-filter.ts'

test('peers are matched by network, IPv4 also when mapped into IPv6', () => {
  const isTrusted = createPeerFilter(['10.0.0.0/8', '192.168.1.7', 'fd00::/8'])
  const answers = [
    '10.200.3.4',
    '::ffff:10.1.1.1',
    '192.168.1.7',
    'fd12::1',
    '11.0.0.1',
    '192.168.1.8',
    '::1',
    undefined,
  ].map(isTrusted)
  expect(answers).toEqual([true, true, true, true, false, false, false, false])
})
