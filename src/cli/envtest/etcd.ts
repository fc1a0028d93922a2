import { knowsFlag } from '../../host/control-plane/known-flags.js'
import { serveKeptStore } from '../../server/etcd/kept-store.js'
import type { ProgramFlags } from './program.js'
import { FlagError, flagOf, listOf, readFlags, runProgram } from './program.js'

const DEFAULT_URL = 'http://localhost:2379'
/** The flags that do something here; the others change nothing that a client sees. */
const ACTED_ON = new Set(['name', 'data-dir', 'listen-client-urls'])
/** Flags that are given to every etcd and need no remark. */
const SILENT = new Set(['listen-peer-urls', 'advertise-client-urls', 'unsafe-no-fsync'])

/** Source: server/etcdmain/config.go: the flags are of Go's flag package. */
function flagsOf(argv: readonly string[]): ProgramFlags {
  const flags = readFlags(argv, (word) => `'${word}' is not a valid flag`)
  for (const name of flags.keys()) {
    if (!knowsFlag('etcd', name)) throw new FlagError(`flag provided but not defined: -${name}`)
    if (!ACTED_ON.has(name) && !SILENT.has(name))
      process.stderr.write(`simcluster etcd: --${name} has no effect\n`)
  }
  return flags
}

function urlOf(text: string): URL {
  const url = new URL(text)
  if (url.protocol !== 'http:')
    throw new FlagError(`--listen-client-urls ${text}: this etcd is served without TLS; write http://`)
  return url
}

/** Serves a store without a cluster, as the real program with the same flags. */
async function start(): Promise<() => Promise<void>> {
  const flags = flagsOf(process.argv.slice(2))
  const name = flagOf(flags, 'name') ?? 'default'
  const urls = listOf(flags, 'listen-client-urls')
  return serveKeptStore({
    name,
    folder: flagOf(flags, 'data-dir') ?? `${name}.etcd`,
    urls: (urls.length === 0 ? [DEFAULT_URL] : urls).map(urlOf),
    report: (error) => process.stderr.write(`${String(error)}\n`),
  })
}

runProgram(start)
