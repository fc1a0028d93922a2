/** Ms between two looks for the shell of npx. */
const LOOK_MS = 50

/** npx starts us in a shell, which dies of the signals that npx gets, and does not pass them on. */
function isInShellOfNpx(): boolean {
  const { npm_lifecycle_event: event, npm_lifecycle_script: script } = process.env
  return event === 'npx' && script?.includes('simcluster') === true
}

/** Resolves with the first SIGTERM or SIGINT, or when the npx that started this program is gone. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const shell = process.ppid
    const timer = isInShellOfNpx() ? setInterval(() => process.ppid !== shell && stop(), LOOK_MS) : undefined
    const stop = (): void => {
      clearInterval(timer)
      resolve()
    }
    process.once('SIGTERM', stop)
    process.once('SIGINT', stop)
  })
}
