import type { Status } from '../../client/api-error.js'
import { ApiError } from '../../client/api-error.js'
import type { SessionEnd } from '../../client/node-agent.js'

/**
 * Returns the status that the error channel carries at the end of a session. Source: kubelet cri-streaming
 * remotecommand (ExitCode cause), client-go remotecommand v4.
 */
export function statusOfEnd({ exitCode, error }: SessionEnd): object {
  if (error !== undefined) return failure(error)
  if (exitCode === 0) return { metadata: {}, status: 'Success' }
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  }
}

/**
 * Returns the status for a session that could not be opened. Source: apiserver pkg/util/proxy
 * StreamTranslatorHandler.
 */
export function statusOfError(error: unknown): Status | object {
  return error instanceof ApiError
    ? error.status
    : failure(error instanceof Error ? error.message : String(error))
}

const failure = (text: string): object => {
  const message = `Internal error occurred: ${text}`
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'InternalError',
    details: { causes: [{ message: text }] },
    code: 500,
  }
}
