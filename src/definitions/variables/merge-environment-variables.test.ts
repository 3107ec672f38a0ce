import { testKey } from '../../../test/support/test-key.ts'
import { createSecretBox } from '../../secrets/secret-box.ts'
import { placeInVariable } from '../../secrets/secret-place.ts'
import { mergeEnvironmentVariables } from './merge-environment-variables.ts'

test('a job beats its environment, which beats its project; secrets are decrypted', () => {
  const box = createSecretBox([testKey('merge')])
  const project = { project_id: 1, environment_id: null, job_id: null, ciphertext: null }
  const environment = { ...project, environment_id: 2 }
  const job = { ...project, job_id: 3 }
  const secret = { ...environment, name: 'DBT_ENV_SECRET_D' }
  expect(
    mergeEnvironmentVariables(
      [
        { ...job, name: 'A', value: 'job' },
        { ...environment, name: 'A', value: 'environment' },
        { ...environment, name: 'B', value: 'environment' },
        { ...project, name: 'A', value: 'project' },
        { ...project, name: 'B', value: 'project' },
        { ...project, name: 'C', value: '' },
        { ...secret, value: null, ciphertext: box.encrypt('hush', placeInVariable(secret)) },
      ],
      box,
    ),
  ).toEqual({ A: 'job', B: 'environment', C: '', DBT_ENV_SECRET_D: 'hush' })
})
