/**
 * Prints errors that nothing has caught, instead of ending a process that serves: one request must not take
 * the cluster from all others. Returns a function that ends that.
 */
export function surviveErrors(print: (text: string) => void): () => void {
  const report = (error: unknown): void =>
    print(`simcluster: a bug, please report it: ${error instanceof Error ? error.stack : String(error)}\n`)
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)
  return () => {
    process.off('uncaughtException', report)
    process.off('unhandledRejection', report)
  }
}
