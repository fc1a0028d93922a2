import type { CommandOutput } from '../commands/command.js'

/** What kubeadm adds to each error. */
export const STACK = 'To see the stack trace of this error execute with --v=5 or higher'

/** Ends a command with the text that follows `error: `; `before` was already printed to standard error. */
export class KubeadmError extends Error {
  readonly before: string

  constructor(message: string, before = '') {
    super(message)
    this.before = before
  }
}

/** Collects what a command prints. */
export interface Printer {
  readonly out: (line: string) => void
  readonly err: (line: string) => void
}

/** Runs a command that prints as it proceeds and may throw a {@link KubeadmError}. */
export function printing(work: (printer: Printer) => void): CommandOutput {
  let stdout = ''
  let stderr = ''
  try {
    work({ out: (line) => void (stdout += `${line}\n`), err: (line) => void (stderr += `${line}\n`) })
    return { stdout, stderr }
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error
    return { stdout, stderr: `${stderr}${error.before}error: ${error.message}\n${STACK}\n`, code: 1 }
  }
}
