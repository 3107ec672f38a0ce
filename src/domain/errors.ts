/** The message may be seen by callers. `fields` names the inputs at fault, each with its own sentence. */
export abstract class AppError extends Error {
  abstract override readonly name: string
  readonly fields: Readonly<Record<string, string>> | undefined

  constructor(userMessage: string, options: { cause?: unknown; fields?: Record<string, string> } = {}) {
    super(userMessage, { cause: options.cause })
    this.fields = options.fields
  }
}

export class InvalidRequestError extends AppError {
  override readonly name = 'InvalidRequestError'
}
export class UnauthorizedError extends AppError {
  override readonly name = 'UnauthorizedError'
}
export class ForbiddenError extends AppError {
  override readonly name = 'ForbiddenError'
}
export class NotFoundError extends AppError {
  override readonly name = 'NotFoundError'
}
export class NotSupportedError extends AppError {
  override readonly name = 'NotSupportedError'
}
export class TooLargeError extends AppError {
  override readonly name = 'TooLargeError'
}
export class TooManyRequestsError extends AppError {
  override readonly name = 'TooManyRequestsError'
  readonly retryAfterSeconds: number

  constructor(userMessage: string, retryAfterSeconds: number) {
    super(userMessage)
    this.retryAfterSeconds = retryAfterSeconds
  }
}
/** A start-up or configuration problem that one line explains; the command line prints it without a stack. */
export class SetupError extends AppError {
  override readonly name = 'SetupError'
}
