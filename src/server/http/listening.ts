/** A server that can be started and stopped. */
interface Startable {
  listen(): Promise<unknown>
  close(): Promise<unknown>
}

/** Starts a server and returns it. Closes it and rejects when it cannot listen. */
export async function listening<S extends Startable>(server: S): Promise<S> {
  try {
    await server.listen()
  } catch (error) {
    await server.close()
    throw error
  }
  return server
}
