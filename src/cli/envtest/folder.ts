import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { LISTED_FLAGS } from './apiserver-flags.js'

const ETCD_FLAGS = ['advertise-client-urls', 'data-dir', 'listen-client-urls', 'listen-peer-urls', 'name']

/** What glibc keeps of freed memory is a fifth of the process otherwise. */
const ENVIRONMENT = 'MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=65536 MALLOC_MMAP_THRESHOLD_=65536'

/** A small heap for young objects costs a little time and saves as much again. */
const NODE_FLAGS = '--max-semi-space-size=1'

/** Where the programs keep their compiled code. */
const CODE = 'SIMCLUSTER_CODE="${XDG_CACHE_HOME:-$HOME/.cache}/simcluster/code"'

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** What the scripts are made for. */
export interface EnvtestTarget {
  /** The program `simcluster` of this installation. */
  readonly main: string
  /** The folder with the other programs. Default: that of the package. */
  readonly programs?: string
  /** The Kubernetes minor version, such as `v1.35`. Default: that of the package. */
  readonly version?: string
}

/** `--help` comes from the shell, because suites ask for it before each start. */
function programScript(name: string, about: string, flags: readonly string[], target: EnvtestTarget): string {
  // CommonJS modules, whose compiled code can be kept
  const { main, version, programs = join(dirname(main), '../../cjs/cli/envtest') } = target
  const help = [about, '', 'Flags:', ...flags.toSorted().map((flag) => `      --${flag}`)]
  const [keeper, program] = ['kept-code', name].map((file) => quoted(join(programs, `${file}.js`)))
  return `#!/bin/sh
for word in "$@"; do
  case $word in
    --help | -h)
      printf '%s\\n' ${help.map(quoted).join(' ')}
      exit 0
      ;;
    --version)
      echo ${quoted(name === 'etcd' ? 'etcd Version: 3.5.16' : `Kubernetes ${version ?? 'v1.35'}.0`)}
      exit 0
      ;;
  esac
done
export SIMCLUSTER_PARENT=$PPID ${ENVIRONMENT} ${CODE}${version === undefined ? '' : ` SIMCLUSTER_VERSION=${version}`}
exec ${quoted(process.execPath)} ${NODE_FLAGS} --require ${keeper} ${program} "$@"
`
}

/** The real kubectl, of `KUBECTL` or of the path, or else that of this package, which reaches no server. */
function kubectlScript(main: string): string {
  return `#!/bin/sh
if [ -n "$KUBECTL" ]; then exec "$KUBECTL" "$@"; fi
here=$(dirname -- "$0")
IFS=:
for folder in $PATH; do
  if [ -x "$folder/kubectl" ] && ! [ "$folder" -ef "$here" ]; then
    unset IFS
    exec "$folder/kubectl" "$@"
  fi
done
unset IFS
exec ${quoted(process.execPath)} ${quoted(main)} kubectl --nodes 0 -- "$@"
`
}

/**
 * Returns a folder with the executables `etcd`, `kube-apiserver` and `kubectl`, which it makes on first use.
 * Its name depends on what the scripts contain, so that installations and versions do not disturb each other.
 */
export function envtestFolder(
  target: EnvtestTarget,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const scripts: Readonly<Record<string, string>> = {
    etcd: programScript('etcd', 'The etcd of simcluster.', [...ETCD_FLAGS, 'unsafe-no-fsync'], target),
    'kube-apiserver': programScript('kube-apiserver', 'The apiserver of simcluster.', LISTED_FLAGS, target),
    kubectl: kubectlScript(target.main),
  }
  const cache = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const hash = createHash('sha256').update(JSON.stringify(scripts)).digest('hex').slice(0, 12)
  const folder = join(cache, 'simcluster', `envtest-${hash}`)
  if (existsSync(folder)) return folder
  mkdirSync(dirname(folder), { recursive: true })
  const fresh = mkdtempSync(`${folder}-`)
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(fresh, name), script)
    chmodSync(join(fresh, name), 0o755)
  }
  chmodSync(fresh, 0o755)
  try {
    renameSync(fresh, folder)
  } catch (error) {
    // another process was faster
    rmSync(fresh, { recursive: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}
