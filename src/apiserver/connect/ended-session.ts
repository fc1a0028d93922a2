import type { Session } from '../../client/node-agent.js'

/** A session in which nothing comes and that is over. */
export const ended: Session = Object.freeze({
  write: () => undefined,
  closeInput: () => undefined,
  resize: () => undefined,
  read: () => [],
  end: { exitCode: 0 },
  onReady: (listener: () => void) => listener(),
  stop: () => undefined,
})
