import { setMember } from './ops.js'
import type { Answer } from './suite.js'

/** An answer of a server. */
export interface RawAnswer {
  readonly code: number
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body?: string
}

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g
const JWT = /eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g
const GENERATED = /\b((?:gen|Gen_?)-?)[bcdfghjklmnpqrstvwxz2456789]{5}\b/g
/** What every text has in which something differs from run to run. */
const VARIES = /\d|eyJ|[Gg]en|kube-api-access-/
const AGE_COLUMN = /^(Age|Last Seen|First Seen|When|Duration|Last Schedule)$/

/**
 * Replaces what differs from run to run. `sent` is the text of what the client sends: what occurs there is
 * kept.
 */
export function normalise(response: RawAnswer, sent: string, keepsManagers: boolean): Answer {
  return renumbered(new Normaliser(sent, keepsManagers).answer(response))
}

interface Column {
  readonly name: string
  readonly description?: string
}

interface Row {
  readonly cells: readonly unknown[]
}

class Normaliser {
  readonly #sent: string
  readonly #keepsManagers: boolean
  readonly #uids = new Map<string, number>()

  constructor(sent: string, keepsManagers: boolean) {
    this.#sent = sent
    this.#keepsManagers = keepsManagers
  }

  answer({ code, headers = {}, body }: RawAnswer): Answer {
    const type = headers['content-type']
    const warning = [headers['warning'] ?? []]
      .flat(2)
      .flatMap((text) => text.split(/, (?=299 )/))
      .map((text) => this.#text(text, ''))
      .sort()
    return {
      code,
      ...(type === 'application/json' || type === undefined ? {} : { type: String(type) }),
      ...(warning.length > 0 ? { warning } : {}),
      ...(body === undefined || body === '' ? {} : this.#content(body)),
    }
  }

  #content(body: string): Partial<Answer> {
    const json = parsed(body)
    if (typeof json === 'object' && json !== null) return { body: this.#value(json, '') }
    const lines = body.split('\n').filter((line) => line !== '')
    const events = lines.map((line) => (line.startsWith('{') ? parsed(line) : undefined))
    return lines.length > 0 && events.every((event) => event !== undefined)
      ? { events: events.map((event) => this.#value(event, '')) }
      : { text: this.#text(body, '') }
  }

  #text(text: string, key: string): string {
    const sent = this.#sent
    if (key === 'resourceVersion')
      return text === '' || text === '0' || sent.includes(`"resourceVersion":"${text}"`) ? text : '<rv>'
    if (key === 'continue' && text !== '') return '<continue>'
    if (!VARIES.test(text)) return text
    return text
      .replace(UUID, (uid) => (sent.includes(uid) ? uid : this.#uid(uid)))
      .replace(TIME, (time) => (sent.includes(time) ? time : '<time>'))
      .replace(JWT, '<jwt>')
      .replace(GENERATED, '$1<rand>')
      .replace(/kube-api-access-[a-z0-9]{5}\b/g, (name) =>
        sent.includes(name) ? name : 'kube-api-access-<rand>',
      )
      .replace(/(resourceVersion\\?":\s?\\?"|ResourceVersion:")(\d+)/g, (all, before: string, rv: string) =>
        sent.includes(`"${rv}"`) || rv === '0' ? all : `${before}<rv>`,
      )
      .replace(/(current: |too old resource version: \d+ \()\d+/g, '$1<rv>')
      .replace(/(ResourceVersion in (?:precondition|object meta): |(?:precondition|record) \()\d+/g, '$1<rv>')
      .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
  }

  #uid(uid: string): string {
    const number = this.#uids.get(uid) ?? this.#uids.size + 1
    this.#uids.set(uid, number)
    return `<uid:${number}>`
  }

  #value(value: unknown, key: string): unknown {
    if (typeof value === 'string') {
      const isAddress = key === 'clusterIP' || key === 'clusterIPs'
      if (isAddress && value !== '' && value !== 'None' && !this.#sent.includes(`"${value}"`))
        return '<clusterIP>'
      return this.#text(value, key)
    }
    if (typeof value === 'number') {
      const isPort = key === 'nodePort' || key === 'healthCheckNodePort'
      return isPort && !new RegExp(`:\\s*${value}\\b`).test(this.#sent) ? '<nodePort>' : value
    }
    if (Array.isArray(value)) return value.map((item) => this.#value(item, key))
    if (typeof value !== 'object' || value === null) return value
    return (value as { kind?: unknown }).kind === 'Table' ? this.#table(value) : this.#object(value)
  }

  #object(value: object): unknown {
    const out: Record<string, unknown> = {}
    for (const [key, member] of Object.entries(value))
      if (key !== 'managedFields' || this.#keepsManagers) setMember(out, key, this.#value(member, key))
    const { name, generateName } = value as Readonly<Record<string, unknown>>
    if (typeof name !== 'string' || typeof generateName !== 'string' || name === generateName) return out
    if (name.startsWith(generateName.slice(0, 58)) && !this.#sent.includes(`"${name}"`))
      out['name'] = `${name.slice(0, -5)}<rand>`
    return out
  }

  #table(table: object): unknown {
    const { columnDefinitions, rows, ...rest } = table as {
      readonly columnDefinitions?: readonly Column[] | null
      readonly rows?: readonly Row[] | null
    }
    const columns = columnDefinitions ?? []
    const isAge = (cell: string, index: number): boolean =>
      columns.length > 0 ? AGE_COLUMN.test(columns[index]?.name ?? '') : /^(\d+[smhdy])+$/.test(cell)
    const cellOf = (cell: unknown, index: number): unknown => {
      if (typeof cell !== 'string') return this.#value(cell, '')
      if (isAge(cell, index)) return '<age>'
      return this.#text(cell, '').replace(/\((\d+[smhdy])+ ago\)/, '(<age> ago)')
    }
    return {
      ...(this.#object(rest) as object),
      columnDefinitions:
        columnDefinitions && columnDefinitions.map((column) => ({ ...column, description: undefined })),
      rows:
        rows &&
        rows.map((row) => ({
          ...(this.#object({ ...row, cells: undefined }) as object),
          cells: row.cells.map(cellOf),
        })),
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** Numbers the uids by the answer's sorted members, so that the order of members does not count. */
function renumbered(response: Answer): Answer {
  const text = JSON.stringify(response)
  if (!text.includes('<uid:2>')) return response
  const numbers = new Map<string, string>()
  const walk = (value: unknown): void => {
    if (typeof value === 'string')
      for (const [uid] of value.matchAll(/<uid:\d+>/g))
        numbers.set(uid, numbers.get(uid) ?? `<uid:${numbers.size + 1}>`)
    if (Array.isArray(value)) value.forEach(walk)
    else if (typeof value === 'object' && value !== null)
      for (const key of Object.keys(value).sort()) {
        walk(key)
        walk((value as Record<string, unknown>)[key])
      }
  }
  walk(response)
  return JSON.parse(text.replace(/<uid:\d+>/g, (uid) => numbers.get(uid) ?? uid)) as Answer
}
