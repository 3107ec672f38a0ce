/** Holds the environment as text, in the shape of `process.env`. */
export type RawEnvironment = Readonly<Record<string, string | undefined>>
