export { addMachine, Host, hostOf } from './host.js'
export type { HostResult } from './host.js'
