export { addMachine, Host, hostOf } from './host.js'
export type { CommandResult } from '../cluster/streams/pod-streams.js'
