import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Requests that a client in another process is to send. */
export interface Load {
  readonly url: string
  readonly count: number
  /** How many at a time. */
  readonly clients: number
  readonly path: string
  /** What is sent; `<n>` stands for the number of the request. */
  readonly body?: string
  readonly identity: { readonly ca: string; readonly cert: string; readonly key: string }
}

/** A client in another process. */
export interface OtherProcess {
  /** Sends the requests; answers how many bytes came back. */
  send(load: Load): Promise<number>
  close(): void
}

/** Starts one. */
export function otherProcess(): OtherProcess {
  const child = fork(fileURLToPath(new URL('./client-child.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  })
  return {
    send: (load) =>
      new Promise((resolve) => {
        child.once('message', (bytes) => resolve(Number(bytes)))
        child.send(load)
      }),
    close: () => void child.kill(),
  }
}
