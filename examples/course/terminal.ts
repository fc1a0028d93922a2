import type { SimCluster } from 'simcluster'
import type { Host, HostResult } from 'simcluster/host'
import { hostOf } from 'simcluster/host'

/** What somebody typed, and what came of it. */
export interface Typed extends HostResult {
  readonly line: string
}

/** A desk of the course: a cluster, a terminal on its control plane, and what has been typed so far. */
export class Terminal {
  readonly cluster: SimCluster
  readonly host: Host
  /** Whether the cluster is one of the course's time, whose manifests and flags are typed as the course has them. */
  readonly isOld: boolean
  readonly typed: Typed[] = []
  readonly #print: (text: string) => void
  readonly #run: (line: string) => Promise<HostResult>

  /** `print` is given what a screen would show. Default: nothing is shown. `run` runs a line. Default: the shell of the control plane. */
  constructor(cluster: SimCluster, print: (text: string) => void = () => undefined, run?: (line: string) => Promise<HostResult>) {
    this.cluster = cluster
    this.host = hostOf(cluster, 'master')
    this.#run = run ?? ((line) => this.host.sh(line))
    this.isOld = Number(cluster.version.slice('v1.'.length)) < 20
    this.#print = print
  }

  /** Types a line (or a here-document) into the shell of the control plane, or of the machine that `ssh` has led to. */
  async type(line: string): Promise<Typed> {
    const result = { line, ...await this.#run(line) }
    this.typed.push(result)
    this.#print(`$ ${line}\n${result.stdout}${result.stderr}${result.stdout + result.stderr === '' ? '' : '\n'}`)
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
  /** The cluster that it begins with. `version` is the control plane's. */
  readonly begin: (version: string) => SimCluster
  readonly rows: readonly Row[]
}

/** The two times at which the course is played: when it was written, and today. */
export const VERSIONS: readonly string[] = ['v1.14', 'v1.35']

/** Writes a file by a here-document. */
export const file = (path: string, text: string): string => `cat > ${path} <<'EOF'\n${text.trim()}\nEOF`
