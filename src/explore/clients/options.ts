import type { ExploreOptions } from '../options.js'
import type { ClientProgram, Quiet } from './programs.js'

/** What `explore()` needs for clients. */
export interface ClientOptions {
  /** The controllers under test, by name. */
  readonly clients: Readonly<Record<string, ClientProgram>>
  /**
   * When clients count as quiet: when they have sent nothing for that many turns of the event loop (default
   * 25) and real ms (default 0; other processes need some, such as 20).
   */
  readonly quiet?: Partial<Quiet> | undefined
}

/** Options without clients. With it, a call with clients can infer what its functions get. */
export interface WithoutClients {
  readonly clients?: undefined
}

/** Options of `explore()` with clients. Faults concern the clients, unless `faults.of` says otherwise. */
export type ExploreClientsOptions = ExploreOptions & ClientOptions

/** Whether options name clients. */
export const isOfClients = <Options extends object>(
  options: Options,
): options is Extract<Options, { readonly clients: object }> =>
  'clients' in options && options.clients !== undefined
