export { addMachine, Host, hostOf, type HostResult } from './host.js'
export type { CommandResult } from '../cluster/streams/pod-streams.js'
