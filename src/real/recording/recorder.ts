import { RecordingNormaliser } from './normalise.js'
import { RecordedReferences } from './references.js'
import type { RecordedOn, RecordedRequest, RecordedResponse, Scenario, ScenarioStep } from './scenario.js'

/** A request as it came, and its response as it went. */
export interface RecordedExchange {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Real time, in ms. */
  readonly start: number
  /** Undefined until the server responds. */
  response?: {
    readonly code: number
    readonly headers: Readonly<Record<string, string | readonly string[]>>
    /** What has come so far. */
    readonly text: string
    /** Undefined while more may come. */
    end: number | undefined
  }
}

/** The headers that make a difference to a response. */
const SENT = /^(?:accept|content-type|user-agent|impersonate-.*)$/
const RECEIVED = ['content-type', 'warning', 'retry-after'] as const
/** Paths of objects: discovery and documents depend on what is installed in a cluster. */
const OBJECTS = /^\/api(?:\/v1|s\/[^/]+\/[^/]+)\/[^?]/
/** Ms of doing nothing that are worth a pause. */
const PAUSE = 500
/** Ms within which a GET, or a poll, has to see what it saw; a poll that took longer has twice its time. */
const GET_WAIT = 10_000
const POLL_WAIT = 120_000

const isWatch = ({ method, path }: RecordedExchange): boolean =>
  method === 'GET' && /[?&]watch=(?:1|true)\b/.test(path)

/** Notes the exchanges of a client with a server, and makes a scenario of them. */
export class Recorder {
  readonly #exchanges: RecordedExchange[] = []

  /** Notes a request, if it is for objects; its response is set later. */
  add(exchange: RecordedExchange): void {
    if (OBJECTS.test(exchange.path)) this.#exchanges.push(exchange)
  }

  /** Returns everything so far in the form of the conformance recordings. */
  scenario(id: string, on: RecordedOn): Scenario {
    const steps = this.#steps()
    const sent = JSON.stringify([undefined, steps.map(({ request: r }) => [r?.path, r?.body, r?.bodyText])])
    const normaliser = new RecordingNormaliser(sent, { hasMachines: true })
    for (const { response } of steps) normaliser.learn(response?.body ?? response?.events)
    const normal = steps.map((step) =>
      step.response === undefined ? step : { ...step, response: normalised(step.response, normaliser) },
    )
    return { id, managedFieldsStripped: true, on, steps: normal }
  }

  #steps(): readonly ScenarioStep[] {
    const steps: ScenarioStep[] = []
    const references = new RecordedReferences()
    let end: number | undefined
    for (const each of inTurn(this.#exchanges)) {
      const { exchange } = each
      const response = each.part === 'start' ? undefined : responseOf(exchange)
      const request = each.part === 'end' ? undefined : requestOf(exchange, references)
      const paused = end === undefined ? 0 : exchange.start - end
      end = Math.max(end ?? 0, exchange.response?.end ?? exchange.start)
      const key = `watch-${this.#exchanges.indexOf(exchange)}`
      const step: ScenarioStep = {
        ...(paused > PAUSE && each.part !== 'end' ? { pause: Math.round(paused) } : {}),
        ...(each.part === 'start' ? { watchStart: key } : each.part === 'end' ? { watchEnd: key } : {}),
        ...(request === undefined ? {} : { request }),
        // things happen at other times elsewhere
        ...(each.part === 'whole' && exchange.method === 'GET' ? { wait: waitOf(GET_WAIT) } : {}),
        ...(response === undefined ? {} : { response }),
      }
      const polled = pollOf(steps.at(-1), step, exchange)
      if (polled === undefined) steps.push(step)
      else steps[steps.length - 1] = polled
      references.learn(steps.length - 1, response?.body)
    }
    return steps
  }
}

interface Turn {
  readonly exchange: RecordedExchange
  readonly part: 'whole' | 'start' | 'end'
}

/** Puts exchanges in the order in which they began; a watch ends where it was closed. */
function inTurn(exchanges: readonly RecordedExchange[]): readonly Turn[] {
  const last = Math.max(0, ...exchanges.map(({ start, response }) => response?.end ?? start))
  return exchanges
    .filter((exchange) => exchange.response?.end !== undefined || isWatch(exchange))
    .flatMap((exchange): (Turn & { readonly at: number })[] => {
      const { start: at, response } = exchange
      if (!isWatch(exchange) || (response !== undefined && response.code !== 200))
        return [{ exchange, part: 'whole', at }]
      const end = response?.end ?? last
      return [
        { exchange, part: 'start', at },
        { exchange, part: 'end', at: end },
      ]
    })
    .toSorted((a, b) => a.at - b.at)
}

/** The same GET again is a poll, of which only the end counts: how often it came depends on the machine. */
const waitOf = (timeoutMs: number): object => ({ until: 'the response is this one', timeoutMs })

function pollOf(
  before: ScenarioStep | undefined,
  step: ScenarioStep,
  { start, response }: RecordedExchange,
): ScenarioStep | undefined {
  const isGet = step.request?.method === 'GET' && step.watchStart === undefined
  if (!isGet || before?.response === undefined || before.request?.path !== step.request?.path)
    return undefined
  if (before.request?.method !== 'GET') return undefined
  const { timeoutMs = POLL_WAIT } = (before.wait ?? {}) as { readonly timeoutMs?: number }
  const took = (response?.end ?? start) - start + (step.pause ?? 0)
  const { pause: _, ...rest } = step
  return {
    ...rest,
    ...(before.pause === undefined ? {} : { pause: before.pause }),
    wait: waitOf(Math.max(timeoutMs, POLL_WAIT, 2 * took)),
  }
}

/** The response of a watch on which nothing has happened. */
const NOTHING_YET: NonNullable<RecordedExchange['response']> = {
  code: 200,
  headers: {},
  text: '',
  end: undefined,
}

function requestOf(exchange: RecordedExchange, references: RecordedReferences): RecordedRequest {
  const { method, path, headers, body } = exchange
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => SENT.test(name)))
  const request = { method, path: references.replaceIn(path), headers: kept }
  if (body.length === 0) return request
  const text = body.toString('utf8')
  if (!Buffer.from(text).equals(body)) return { ...request, bodyBase64: body.toString('base64') }
  const filled = references.replaceIn(text)
  const json = jsonOf(filled)
  return json === undefined ? { ...request, bodyText: filled } : { ...request, body: json }
}

function responseOf(exchange: RecordedExchange): RecordedResponse {
  const { code, headers, text } = exchange.response ?? NOTHING_YET
  const kept = Object.fromEntries(
    RECEIVED.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  ) as NonNullable<RecordedResponse['headers']>
  if (isWatch(exchange) && code === 200) {
    const events = text.split('\n').flatMap((line) => jsonOf(line) ?? [])
    return { code, headers: kept, events: events as NonNullable<RecordedResponse['events']> }
  }
  const body = jsonOf(text)
  if (body !== undefined) return { code, headers: kept, body }
  return text === '' ? { code, headers: kept } : { code, headers: kept, bodyText: text }
}

function normalised(response: RecordedResponse, normaliser: RecordingNormaliser): RecordedResponse {
  const { code, headers = {}, body, bodyText, events } = response
  return {
    code,
    headers: normaliser.value(headers) as NonNullable<RecordedResponse['headers']>,
    ...(body === undefined ? {} : { body: normaliser.value(body) }),
    ...(bodyText === undefined ? {} : { bodyText: normaliser.text(bodyText) }),
    ...(events === undefined
      ? {}
      : { events: normaliser.value(events) as NonNullable<RecordedResponse['events']> }),
  }
}

function jsonOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
