const UID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

/** What is replaced, besides what always is. */
export interface NormaliserOptions {
  /** Whether managedFields are compared. Default false. */
  readonly keepsManagedFields?: boolean
  /** Whether nodes, addresses, containers and images are those of machines. Default false. */
  readonly hasMachines?: boolean
}

/** What a machine has chosen, by the member that holds it; names of nodes are numbered. */
const OF_MACHINES: Readonly<Record<string, string>> = {
  podIP: '<ip>',
  hostIP: '<ip>',
  ip: '<ip>',
  nodeName: 'node',
  containerID: '<container>',
  imageID: '<image>',
}

/**
 * Replaces what differs from run to run, by the rules of the recordings; one normaliser serves all
 * responses of a scenario.
 */
export class RecordingNormaliser {
  readonly #sent: string
  readonly #uids = new Map<string, string>()
  readonly #versions = new Set<string>()
  readonly #bases: string[] = []
  readonly #names = new Map<string, string>()
  readonly #clusterIps = new Map<string, string>()
  readonly #nodePorts = new Map<number, string>()

  readonly #nodes = new Map<string, string>()
  readonly #dropped: string
  readonly #hasMachines: boolean

  /** `sent` is all text that the client sent (bodies, paths): what occurs there is kept. */
  constructor(sent: string, { keepsManagedFields = false, hasMachines = false }: NormaliserOptions = {}) {
    this.#sent = sent
    this.#hasMachines = hasMachines
    this.#dropped = keepsManagedFields ? '' : 'managedFields'
    for (const [, base = ''] of sent.matchAll(/"generateName":"([^"]+)"/g))
      this.#bases.push(base.slice(0, 58))
  }

  /** Notes resource versions and generated names of a response before texts are rewritten. */
  learn(value: unknown): void {
    if (Array.isArray(value)) for (const item of value) this.learn(item)
    else if (typeof value === 'object' && value !== null) {
      const { metadata } = value as { metadata?: Record<string, unknown> }
      if (typeof metadata?.['resourceVersion'] === 'string') this.#versions.add(metadata['resourceVersion'])
      const { generateName, name } = metadata ?? {}
      const areTexts = typeof generateName === 'string' && typeof name === 'string'
      if (areTexts && name.startsWith(generateName.slice(0, 58)) && name !== generateName) {
        this.#names.set(name, `${name.slice(0, -5)}<rand>`)
      }
      for (const member of Object.values(value)) this.learn(member)
    }
  }

  value(value: unknown, key = '', parent = ''): unknown {
    if (typeof value === 'string')
      return key === 'clusterIP' || key === 'clusterIPs'
        ? this.#clusterIp(value)
        : this.#string(value, key, parent)
    if (typeof value === 'number' && (key === 'nodePort' || key === 'healthCheckNodePort'))
      return this.#nodePort(value)
    if (Array.isArray(value)) return value.map((item) => this.value(item, key, parent))
    if (typeof value !== 'object' || value === null) return value
    const object = value as Record<string, unknown>
    if (object['kind'] === 'Table' && object['apiVersion'] !== undefined) return this.#table(object)
    const entries = Object.entries(object).filter(([name]) => name !== this.#dropped)
    return Object.fromEntries(entries.map(([name, member]) => [name, this.value(member, name, key)]))
  }

  text(text: string): string {
    let out = text
      .replace(UID, (uid) => this.#uid(uid))
      .replace(TIME, (time) => (this.#sent.includes(time) ? time : '<time>'))
    out = out.replace(/-----BEGIN ([A-Z ]+)-----(?:[^-]|-(?!----))*-----END \1-----\n?/g, '<pem:$1>')
    out = out.replace(/(?<![\w-])(?=[\w-]*eyJ)[\w-]+\.eyJ[\w-]+\.[\w-]+/g, '<jwt>')
    out = out.replace(/ZXlK[\w+/=]{40,}/g, '<base64-jwt>')
    // base64 of -----BEGIN CERTIFICATE----- (requests are what the client sent)
    out = out.replace(/LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0[\w+/=]+/g, '<base64-pem>')
    out = out.replace(/(X509SHA256=)[0-9a-f]{64}/g, '$1<sha256>')
    out = out.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
    out = out.replace(/kube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-<rand>')
    out = out.replace(/[a-z0-9]{5}(?=["/]|$)/g, (drawn, at: number, whole: string) =>
      this.#bases.some((base) => whole.endsWith(base, at)) ? '<rand>' : drawn,
    )
    for (const [name, shown] of this.#names) out = out.replaceAll(name, shown)
    out = out
      .replace(/current: \d+/g, 'current: <rv>')
      .replace(/((?:precondition|record) \()\d+(?=\))/g, '$1<rv>')
    out = out.replace(/(resourceVersion\\?":\s?\\?")(\d+)/g, (all, before: string, version: string) =>
      this.#versions.has(version) ? `${before}<rv>` : all,
    )
    return out.replace(/(resourceVersion: ")\d+"/g, '$1<rv>"')
  }

  #string(text: string, key: string, parent: string): string {
    if (key === 'resourceVersion') {
      const isSent = parent !== 'metadata' && this.#sent.includes(`"${text}"`)
      return text === '0' || text === '' || isSent ? text : '<rv>'
    }
    if (key === 'continue') return text === '' ? text : '<continue>'
    const shown = this.#hasMachines && text !== '' ? OF_MACHINES[key] : undefined
    if (shown !== undefined && !this.#sent.includes(`"${text}"`))
      return shown === 'node' ? this.#node(text) : shown
    return this.text(text)
  }

  #table(table: Record<string, unknown>): unknown {
    const columns = (table['columnDefinitions'] ?? []) as { name: string; description?: string }[]
    const rows = (table['rows'] ?? []) as { cells: unknown[] }[]
    const isAge = (at: number, cell: unknown): boolean =>
      columns.length > 0
        ? ['Age', 'Last Seen', 'First Seen'].includes(columns[at]?.name ?? '')
        : typeof cell === 'string' && /^\d+[smhd]$/.test(cell)
    const rest = Object.fromEntries(
      Object.entries(table).filter(([name]) => name !== 'columnDefinitions' && name !== 'rows'),
    )
    return {
      ...(this.value({ ...rest, kind: undefined }) as object),
      kind: 'Table',
      columnDefinitions:
        table['columnDefinitions'] === null
          ? null
          : columns.map((column) => ({ ...column, description: undefined })),
      rows: rows.map((row) => ({
        ...(this.value({ ...row, cells: undefined }) as object),
        cells: row.cells.map((cell, at) => (isAge(at, cell) ? '<age>' : this.value(cell))),
      })),
    }
  }

  /** An address that the server chose. */
  #clusterIp(ip: string): string {
    if (ip === 'None' || ip === '' || this.#sent.includes(`"${ip}"`)) return ip
    const known = this.#clusterIps.get(ip) ?? `<clusterIP:${this.#clusterIps.size + 1}>`
    this.#clusterIps.set(ip, known)
    return known
  }

  /** A port that the server chose. */
  #nodePort(port: number): number | string {
    if (this.#sent.includes(`:${port}`)) return port
    const known = this.#nodePorts.get(port) ?? `<nodePort:${this.#nodePorts.size + 1}>`
    this.#nodePorts.set(port, known)
    return known
  }

  #node(name: string): string {
    const known = this.#nodes.get(name) ?? `<node:${this.#nodes.size + 1}>`
    this.#nodes.set(name, known)
    return known
  }

  #uid(uid: string): string {
    if (this.#sent.includes(uid)) return uid
    const known = this.#uids.get(uid)
    if (known !== undefined) return known
    const name = `<uid:${this.#uids.size + 1}>`
    this.#uids.set(uid, name)
    return name
  }
}

/** Message texts with a list in brackets are compared as sets. */
export function messageSet(message: string): string {
  const match = /^(.*?)\[(.*)\]$/s.exec(message)
  return match === null
    ? message
    : `${match[1] as string}[${(match[2] as string).split(', ').sort().join(', ')}]`
}
