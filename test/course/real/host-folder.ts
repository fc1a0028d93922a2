import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { bytesOfText, isText, textOfBytes } from '../../../src/lang/bytes/byte-text.js'
import { textOfContent } from '../../../src/lang/bytes/content.js'
import { contentOfEntry } from '../../../src/shell/files/file-system.js'
import type { HostMachine } from '../../../src/host/machine/host-machine.js'

/** What of a host's files real programs see. */
const ROOTS = ['/etc/kubernetes', '/root', '/var/log', '/var/lib/kubelet', '/var/lib/etcd']

/** What kubectl remembers is large, and no business of the host's. */
const OWN = '/root/.kube/cache'

/** One word for what is the same on either side. */
export type Pair = readonly [simulated: string, real: string]

interface Known {
  readonly simulated: string
  readonly real: string
}

/**
 * The files of a simulated host in a real folder, for real programs: `/root` is FOLDER/root. {@link outward}
 * brings there what has changed on the host, {@link inward} to the host what programs have written. Addresses
 * and authorities in files are told apart by pairs of words.
 */
export class HostFolder {
  readonly path: string
  readonly #machine: () => HostMachine
  readonly #pairs: () => readonly Pair[]
  readonly #known = new Map<string, Known>()

  constructor(path: string, machine: () => HostMachine, pairs: () => readonly Pair[]) {
    this.path = path
    this.#machine = machine
    this.#pairs = pairs
  }

  /** A line of the host with the folder's paths in it; what sed looks for in a file is as on the host. */
  line(text: string): string {
    return text.replaceAll(
      /'s#[^']*'|(?<![\w./-])\/(?=(?:etc\/kubernetes|root|var\/log|var\/lib\/kubelet|var\/lib\/etcd)\b)/g,
      (found) => (found === '/' ? `${this.path}/` : found),
    )
  }

  /** A text in which the host's paths are as on the host. */
  plain(text: string): string {
    return text.replaceAll(`${this.path}/`, '/').replaceAll(this.path, '')
  }

  /** Brings to the folder what is new on the host: in root's home, and where the line looks. */
  outward(line: string): void {
    const machine = this.#machine()
    const found = new Map<string, string>()
    const roots = ROOTS.filter((root) => root === '/root' || this.plain(line).includes(root))
    for (const root of roots) this.#collect(machine, root, found)
    for (const path of this.#known.keys()) {
      if (found.has(path) || !roots.some((root) => path.startsWith(`${root}/`))) continue
      rmSync(join(this.path, path), { force: true })
      this.#known.delete(path)
    }
    for (const [path, simulated] of found) {
      if (this.#known.get(path)?.simulated === simulated) continue
      const real = !isText(simulated) ? simulated : this.#swap(simulated, 0, 1)
      this.#write(path, real, machine.files.stat(path)?.mode ?? 0o644)
      this.#known.set(path, { simulated, real })
    }
  }

  /** Brings to the host what programs have written in the folder. */
  inward(): void {
    const machine = this.#machine()
    const there = new Set<string>()
    for (const path of ROOTS.flatMap((root) => this.#below(root))) {
      there.add(path)
      const real = textOfBytes(readFileSync(join(this.path, path)))
      const known = this.#known.get(path)
      if (known?.real === real) continue
      const simulated = !isText(real) ? real : this.plain(this.#swap(real, 1, 0))
      machine.files.put(path, simulated)
      this.#known.set(path, { simulated, real })
    }
    for (const path of this.#known.keys()) {
      if (there.has(path)) continue
      this.#known.delete(path)
      if (machine.files.stat(path) !== undefined) machine.files.remove(path)
    }
    machine.hosts.sync(false)
  }

  #swap(text: string, from: 0 | 1, to: 0 | 1): string {
    let next = text
    for (const pair of this.#pairs()) next = next.replaceAll(pair[from], pair[to])
    return next
  }

  #write(path: string, content: string, mode: number): void {
    const real = join(this.path, path)
    mkdirSync(dirname(real), { recursive: true })
    writeFileSync(real, bytesOfText(content))
    chmodSync(real, mode)
  }

  /** Files of the host below a path; directories are made in the folder. */
  #collect({ files }: HostMachine, path: string, found: Map<string, string>): void {
    const entry = files.stat(path)
    if (entry?.kind === 'file') found.set(path, textOfContent(contentOfEntry(entry)))
    if (entry?.kind !== 'directory') return
    mkdirSync(join(this.path, path), { recursive: true })
    for (const name of files.list(path)) this.#collect({ files } as HostMachine, `${path}/${name}`, found)
  }

  /** Files of the folder below a path of the host. */
  #below(path: string): readonly string[] {
    if (!existsSync(join(this.path, path))) return []
    return readdirSync(join(this.path, path), { withFileTypes: true }).flatMap((entry) => {
      const full = `${path}/${entry.name}`
      if (full === OWN) return []
      return entry.isDirectory()
        ? this.#below(full)
        : entry.isFile() && statSync(join(this.path, full)).isFile()
          ? [full]
          : []
    })
  }
}
