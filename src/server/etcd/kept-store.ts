import { mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { EtcdStore } from '../../etcd/store.js'
import { writePrivateFile } from '../../disk/private-file.js'
import { clearInterval, setInterval } from '../real-timers.js'
import { EtcdServer } from './etcd-server.js'
import { storeMember } from './hosts.js'

/** Ms between two checks of the leases. */
const TICK_MS = 100
/** Where the data is between two runs, in the folder. */
const FILE = 'simcluster.snapshot'

/** What {@link serveKeptStore} serves. */
export interface KeptStoreOptions {
  /** The member's name. */
  readonly name: string
  /** Where the data is read from at the start, and written to at the end. */
  readonly folder: string
  /** Without TLS, on loopback addresses: `http://127.0.0.1:2379`. */
  readonly urls: readonly URL[]
  readonly report: (error: unknown) => void
}

/**
 * Serves a store without a cluster that has what the last run has left in its folder. Returns the function
 * that ends it.
 * @throws Error if an address cannot be listened on
 */
export async function serveKeptStore(options: KeptStoreOptions): Promise<() => Promise<void>> {
  const { name, folder, urls, report } = options
  const store = storeIn(folder)
  const member = storeMember(store, name, Date.now)
  const servers = urls.map(
    ({ port, hostname }) => new EtcdServer({ ...member, port: Number(port), host: hostname, report }),
  )
  await Promise.all(servers.map((server) => server.listen()))
  const timer = setInterval(() => {
    member.catchUp()
    for (const server of servers) server.tick()
  }, TICK_MS)
  return async () => {
    clearInterval(timer)
    await Promise.all(servers.map((server) => server.close()))
    save(store, folder)
  }
}

function storeIn(folder: string): EtcdStore {
  const clock = { now: () => Date.now() }
  try {
    return EtcdStore.fromSnapshot(readFileSync(join(folder, FILE)), { clock })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return new EtcdStore({ clock })
  }
}

function save(store: EtcdStore, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writePrivateFile(join(folder, `${FILE}.new`), store.snapshot())
  renameSync(join(folder, `${FILE}.new`), join(folder, FILE))
}
