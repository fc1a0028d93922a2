import type { ClientOptions } from './options.js'
import { Programs } from './programs.js'

/** Returns the clients that the options name. */
export const programsOf = ({ clients, quiet }: ClientOptions): Programs =>
  new Programs(clients, { turns: quiet?.turns ?? 25, ms: quiet?.ms ?? 0 })
