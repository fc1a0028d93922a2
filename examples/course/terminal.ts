import type { ClusterOptions, SimCluster } from 'simcluster'
import type { Host, HostResult } from 'simcluster/host'
import { hostOf } from 'simcluster/host'

/** What somebody typed, and what came of it. */
export interface Typed extends HostResult {
  readonly line: string
}

/** What a terminal hands its lines to. */
export interface Shell {
  /** Minor of the kubectl that it finds: `v1.35`. */
  readonly kubectl: string
  /** Runs a line, or a here-document. */
  run(line: string): Promise<HostResult>
  /** Such a shell on the control plane of another cluster. */
  beside(cluster: SimCluster): Promise<Shell>
}

/** The shell of a simulated host, with its kubectl, which is of the cluster's version. */
class HostShell implements Shell {
  readonly kubectl: string
  readonly #host: Host

  constructor(cluster: SimCluster) {
    this.#host = hostOf(cluster, 'master')
    this.kubectl = cluster.version
  }

  run(line: string): Promise<HostResult> {
    return this.#host.sh(line)
  }

  beside(cluster: SimCluster): Promise<Shell> {
    return Promise.resolve(new HostShell(cluster))
  }
}

const isOld = (version: string): boolean => Number(version.slice('v1.'.length)) < 20

/** A desk of the course: a cluster, a terminal on its control plane, and what has been typed so far. */
export class Terminal {
  readonly cluster: SimCluster
  readonly host: Host
  /**
   * Whether the cluster is one of the course's time, whose manifests and flags are typed as the course has
   * them.
   */
  readonly isOld: boolean
  /** Whether kubectl is one of that time. */
  readonly isOldKubectl: boolean
  readonly typed: Typed[] = []
  readonly #print: (text: string) => void
  readonly #shell: Shell

  /**
   * `print` is given what a screen would show. Default: nothing is shown. `shell` runs the lines. Default:
   * that of the control plane's simulated host.
   */
  constructor(
    cluster: SimCluster,
    print: (text: string) => void = () => undefined,
    shell: Shell = new HostShell(cluster),
  ) {
    this.cluster = cluster
    this.host = hostOf(cluster, 'master')
    this.#shell = shell
    this.isOld = isOld(cluster.version)
    this.isOldKubectl = isOld(shell.kubectl)
    this.#print = print
  }

  /** A terminal of the same kind on the control plane of another cluster; what it shows is shown here. */
  async beside(cluster: SimCluster): Promise<Terminal> {
    return new Terminal(cluster, (text) => this.say(text.trimEnd()), await this.#shell.beside(cluster))
  }

  /**
   * Types a line (or a here-document) into the shell of the control plane, or of the machine that `ssh` has
   * led to.
   */
  async type(line: string): Promise<Typed> {
    const result = { line, ...(await this.#shell.run(line)) }
    this.typed.push(result)
    this.#print(
      `$ ${line}\n${result.stdout}${result.stderr}${result.stdout + result.stderr === '' ? '' : '\n'}`,
    )
    return result
  }

  /** A remark. */
  say(text: string): void {
    this.#print(`# ${text}\n\n`)
  }

  /** Time passes. */
  wait(duration: string): void {
    this.#print(`# ... ${duration} later\n\n`)
    this.cluster.advance(duration as '1m')
  }
}

/** One row of the course: what is to be seen. */
export interface Row {
  /** `N2`; several where one command shows several. */
  readonly id: string
  readonly title: string
  readonly play: (terminal: Terminal) => Promise<void>
}

/** A chapter: rows that are played one after the other at one desk. */
export interface Chapter {
  readonly number: number
  readonly title: string
  /** The cluster that it begins with. `version` is the control plane's; `options` for more (`start`). */
  readonly begin: (version: string, options?: ClusterOptions) => SimCluster
  readonly rows: readonly Row[]
}

/** The two times at which the course is played: when it was written, and today. */
export const VERSIONS: readonly string[] = ['v1.14', 'v1.35']

/** Writes a file by a here-document. */
export const file = (path: string, text: string): string => `cat > ${path} <<'EOF'\n${text.trim()}\nEOF`
