/** A served store in a process of its own, as a real etcd is one: prints its port. */
import { EtcdStore } from '../../src/etcd/index.js'
import { serveEtcd } from '../../src/server/index.js'

const server = await serveEtcd(new EtcdStore({ clock: { now: () => Date.now() } }))
console.log(server.port)
