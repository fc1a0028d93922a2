/** `simcluster/explore-clients`: exploration of asynchronous controllers, in this or in other processes. */
export { clientsToSvg, narrateClients, replayClients } from './counter-example.js'
export type { ReplayClientsOptions } from './counter-example.js'
export { commandClient } from './command.js'
export type { CommandClientOptions } from './command.js'
export { exploreClients } from './explore-clients.js'
export type { ExploreClientsOptions } from './explore-clients.js'
export type { Pattern } from './patterns.js'
export type { ClientAccess, ClientProgram, Quiet, StopClient } from './programs.js'
