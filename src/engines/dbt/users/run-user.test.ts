import { findUser, modeAllows } from './run-user.ts'

test('a user is named, or given by numbers, which the system need not know', async () => {
  expect(await findUser('daemon')).toMatchObject({ uid: 1, gid: 1, groups: [1] })
  expect(await findUser('45001')).toEqual({ name: '45001', uid: 45001, gid: 45001, groups: [45001] })
  expect(await findUser('45001:7')).toMatchObject({ uid: 45001, gid: 7, groups: [7] })
  expect(await findUser('no-such-user')).toBeUndefined()
})

test('the mode of a file counts for its owner, its group or all others, the first that the user is', () => {
  const user = { name: 'a', uid: 10, gid: 20, groups: [20, 30] }
  const mayRead = (uid: number, gid: number, mode: number) => modeAllows(user, { uid, gid, mode }, 4)
  expect([mayRead(10, 1, 0o400), mayRead(10, 20, 0o044), mayRead(1, 30, 0o040)]).toEqual([true, false, true])
  expect([mayRead(1, 30, 0o404), mayRead(1, 1, 0o004), mayRead(1, 1, 0o440)]).toEqual([false, true, false])
})
