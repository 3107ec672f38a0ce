export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  testMatch: ['<rootDir>/src/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  // Installed Python packages have JavaScript of their own.
  modulePathIgnorePatterns: ['<rootDir>/.stratus/', '<rootDir>/dist/'],
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  // Servers and command lines start slowly beside the other tests of two cores.
  testTimeout: 60_000,
  maxWorkers: '100%',
}
