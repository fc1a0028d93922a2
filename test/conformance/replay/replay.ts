import type { UserInfo } from '../../../src/apiserver/client/client.js'
import { handleHttp } from '../../../src/apiserver/http.js'
import type { HttpRequest, HttpResponse, HttpWatch } from '../../../src/apiserver/http/http-types.js'
import type { ApiServer } from '../../../src/apiserver/api-server.js'
import { differences, type Difference } from './compare.js'
import { Normaliser } from './normalise.js'
import { resolve } from './placeholders.js'
import type { RecordedRequest, RecordedResponse, Scenario } from './scenario.js'

/** What a scenario is played against. */
export interface Stage {
  readonly server: ApiServer
  /** Makes what controllers would have made in a new namespace. */
  readonly populate: (namespace: string, scenario: Scenario) => void
}

/** A step that did not go as recorded. */
export interface StepResult {
  readonly step: number
  readonly path: string
  readonly differences: readonly Difference[]
}

const USERS: Readonly<Record<string, UserInfo>> = {
  admin: { name: 'admin', uid: 'u-admin', groups: ['system:masters', 'system:authenticated'] },
  jane: { name: 'jane', uid: 'u-jane', groups: ['dev', 'system:authenticated'] },
  bob: { name: 'bob', uid: 'u-bob', groups: ['system:authenticated'] },
}

const asUtf8 = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8')

function toHttp(request: RecordedRequest, raw: readonly unknown[]): HttpRequest {
  const [path = '', query = ''] = resolve(request.path, raw).split(/\?(.*)/s)
  const raw64 = request.bodyBase64 === undefined ? undefined : asUtf8(request.bodyBase64)
  const text = request.body === undefined ? request.bodyText ?? raw64 : JSON.stringify(request.body)
  const headers = Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
  return {
    method: request.method, path, query,
    headers: { 'user-agent': 'h7-recorder/1.0', ...headers },
    ...(text === undefined ? {} : { body: resolve(text, raw) }),
    user: USERS[request.user ?? 'admin'] ?? { name: request.user ?? 'admin', groups: ['system:authenticated'] },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Plays a scenario and answers every step that differs, in the layers in which it does. */
export function replay({ server, populate }: Stage, scenario: Scenario): readonly StepResult[] {
  if (scenario.namespace !== undefined) {
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: scenario.namespace } })
    handleHttp(server, { method: 'POST', path: '/api/v1/namespaces', body, user: USERS['admin'] as UserInfo })
    populate(scenario.namespace, scenario)
  }
  const raw: unknown[] = []
  const actual: RecordedResponse[] = []
  const watches = new Map<string, HttpWatch>()
  for (const { request, watchStart, watchEnd } of scenario.steps) {
    if (watchEnd !== undefined) {
      const watch = watches.get(watchEnd)
      const lines = watch === undefined ? [] : drain(watch)
      actual.push(
        { code: watch?.code ?? 0, headers: watch?.headers ?? {}, events: lines.map((line) => JSON.parse(line) as never) }
      )
      raw.push({})
      continue
    }
    const answer = handleHttp(server, toHttp(request as RecordedRequest, raw))
    if (watchStart !== undefined && 'next' in answer) watches.set(watchStart, answer)
    const response = 'next' in answer ? streamed(answer) : buffered(answer)
    actual.push(response)
    raw.push(watchStart === undefined ? response.body ?? {} : {})
  }
  return compareAll(scenario, actual)
}

/** A watch pulls in two goes: what it begins with, then what follows. */
function drain(watch: HttpWatch): readonly string[] {
  const lines: string[] = []
  for (let batch = watch.next(); batch.length > 0; batch = watch.next()) lines.push(...batch)
  watch.stop()
  return lines
}

const streamed = ({ code, headers }: HttpWatch): RecordedResponse => ({ code, headers })

function buffered({ code, headers, body }: HttpResponse): RecordedResponse {
  if (body === '') return { code, headers }
  const json = parse(body)
  return json === undefined || typeof json !== 'object' ? { code, headers, bodyText: body } : { code, headers, body: json }
}

function compareAll(scenario: Scenario, actual: readonly RecordedResponse[]): readonly StepResult[] {
  const sent = JSON.stringify(scenario.steps.map(({ request }) => [request?.path, request?.body, request?.bodyText]))
  const normaliser = new Normaliser(sent)
  for (const { body, events } of actual) normaliser.learn(body ?? events)
  return scenario.steps.flatMap(({ request, response, watchStart }, step) => {
    const { code, headers = {}, body, bodyText, events } = actual[step] as RecordedResponse
    if (watchStart !== undefined || response === undefined) return []
    const normalised: RecordedResponse = {
      code, headers: normaliser.value(headers) as NonNullable<RecordedResponse['headers']>,
      ...(body === undefined ? {} : { body: normaliser.value(body) }),
      ...(bodyText === undefined ? {} : { bodyText: normaliser.text(bodyText) }),
      ...(events === undefined ? {} : { events: normaliser.value(events) as NonNullable<RecordedResponse['events']> }),
    }
    const expected =
      { ...response, ...(response.body === undefined ? {} : { body: generated(stripped(response.body), normaliser) }) }
    const found = differences(expected, normalised)
    return found.length === 0 ? [] : [{ step, path: `${request?.method ?? 'WATCH'} ${request?.path ?? ''}`, differences: found }]
  })
}

/** Names cut to 58 characters and completed show no `<rand>` in the recordings. */
function generated(body: unknown, normaliser: Normaliser): unknown {
  const shown = (_: string, value: unknown): unknown =>
    (typeof value === 'string' && value.length > 60 ? normaliser.text(value) : value)
  return JSON.parse(JSON.stringify(body, shown))
}

/** Members that are undefined do not count, managedFields are not compared. */
function stripped(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body, (key, value: unknown) => (key === 'managedFields' ? undefined : value)))
}
