import { SimCluster } from 'simcluster'
import type { UserInfo } from '../../../src/client/client.js'
import { differingLayers, type Layer } from './compare.js'
import { normalise, type RawAnswer } from './normalise.js'
import { applyOps } from './ops.js'
import { expectedAnswer, type Answer, type Suite, type SuiteCase, type SuiteRequest } from './suite.js'

/** A request as it is sent. */
export interface SentRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly user: string
  readonly body?: string
}

/** A case or a step as it went. */
export interface Played {
  readonly id: string
  readonly request: SentRequest
  readonly want: Answer
  readonly got: Answer
  /** The layers that differ. */
  readonly layers: readonly Layer[]
}

const ALL = 'system:authenticated'
const users = new Map([
  ['admin', { name: 'admin', uid: 'u-admin', groups: ['system:masters', ALL] }],
  ['jane', { name: 'jane', uid: 'u-jane', groups: ['dev', ALL] }],
  ['bob', { name: 'bob', uid: 'u-bob', groups: [ALL] }],
])

/** How long the recorder waited after the set-up of a suite. */
const PAUSE = 1500

/** Plays a suite on a fresh control plane, and returns its cases and steps that have an answer. */
export function playSuite(suite: Suite, isWanted: (id: string) => boolean = () => true): readonly Played[] {
  return new Player(suite).run(isWanted)
}

class Player {
  readonly #suite: Suite
  readonly #cluster = new SimCluster({
    version: 'v1.34',
    nodes: 0,
    disable: ['kube-scheduler', 'kube-controller-manager'],
    seed: 1,
    kubeadm: { advertiseAddress: '192.0.2.10:6443' },
  })
  readonly #stored = new Map<string, unknown>()
  /** What the set-up sent for the stored objects. */
  readonly #storedText = new Map<string, string>()
  readonly #played: Played[] = []

  constructor(suite: Suite) {
    this.#suite = suite
  }

  run(isWanted: (id: string) => boolean): readonly Played[] {
    this.#settle()
    this.#setUp()
    const { refs = {}, cases = [], sequences = [] } = this.#suite
    // the recorder sent the references, too, and some leave something behind
    for (const ref of Object.keys(refs)) this.#send(this.#requestOf({ id: ref, ref }).request)
    for (const one of cases) if (isWanted(one.id)) this.#playCase(one)
    for (const { id, steps } of sequences) {
      if (!isWanted(id)) continue
      const sent = JSON.stringify(steps.map(({ request }) => [request?.path, request?.body]))
      steps.forEach((step, at) => {
        if (step.sleep !== undefined) this.#sleep(step.sleep)
        else this.#record({ ...step, id: `${id}@${at}` }, plainRequest(step.request), sent)
      })
    }
    return this.#played
  }

  #setUp(): void {
    const { setup = [], stored = {}, pause = PAUSE } = this.#suite
    for (const step of setup) {
      if (step.sleep !== undefined) this.#sleep(step.sleep)
      else this.#send(plainRequest(step))
    }
    this.#sleep(pause)
    for (const [key, { path }] of Object.entries(stored)) {
      const { body = '{}' } = this.#send({ method: 'GET', path, headers: {}, user: 'admin' })
      const object = JSON.parse(body) as { metadata?: { managedFields?: unknown } }
      delete object.metadata?.managedFields
      this.#stored.set(key, object)
      const made = setup.find((step) => path === `${step.path}/${nameOf(step.body)}`)
      this.#storedText.set(key, made === undefined ? '' : JSON.stringify(made.body))
    }
  }

  #playCase(one: SuiteCase): void {
    const { request, sent } = this.#requestOf(one)
    this.#record(one, request, sent)
  }

  #record(one: SuiteCase, request: SentRequest, sent: string): void {
    const response = this.#send(request)
    if (one.expect === undefined) return
    const want = expectedAnswer(this.#suite, one)
    const got = normalise(response, sent, one.managedFields === true)
    this.#played.push({ id: one.id, request, want, got, layers: differingLayers(want, got) })
  }

  /** What a case sends, and the text that counts as the client's. */
  #requestOf(one: SuiteCase): { readonly request: SentRequest; readonly sent: string } {
    const base = one.ref === undefined ? undefined : this.#suite.refs?.[one.ref]?.request
    const request = (one.request ?? base) as SuiteRequest
    const { method, path, headers, user = this.#suite.user ?? 'admin', stored, bodyText } = request
    const own = one.request === undefined ? (one.ops ?? []) : []
    const ops = [...(request.ops ?? []), ...own]
    const start = stored === undefined ? request.body : this.#stored.get(stored)
    const body = start === undefined || ops.length === 0 ? start : applyOps(start, ops)
    const text = bodyText ?? (body === undefined ? undefined : JSON.stringify(body))
    const query = one.query === undefined ? '' : `${path.includes('?') ? '&' : '?'}${one.query}`
    const sent = [
      path,
      one.query,
      request.body === undefined ? '' : JSON.stringify(request.body),
      bodyText,
      JSON.stringify(request.ops ?? ''),
      JSON.stringify(one.ops ?? ''),
      this.#textOf(request),
      one.request === undefined || base === undefined
        ? ''
        : JSON.stringify(base.body ?? '') + this.#textOf(base),
    ].join('\n')
    const type = text === undefined ? {} : { 'content-type': 'application/json' }
    return {
      request: {
        method,
        path: path + query,
        headers: { ...type, ...headers },
        user,
        ...(text === undefined ? {} : { body: text }),
      },
      sent,
    }
  }

  #textOf({ stored }: SuiteRequest): string {
    return stored === undefined ? '' : (this.#storedText.get(stored) ?? '')
  }

  #send({ method, path, headers, user, body }: SentRequest): RawAnswer {
    const [at = '', query = ''] = path.split(/\?(.*)/s)
    const response = this.#cluster.http.handle({
      method,
      path: at,
      query,
      user: users.get(user) as UserInfo,
      headers: { 'user-agent': 'corpus/1.0', ...headers },
      ...(body === undefined ? {} : { body }),
    })
    if ('next' in response) {
      let lines = ''
      for (let second = 0; second < 3; second++) {
        for (let some = response.next(); some.length > 0; some = response.next())
          lines += some.map((line) => (line.endsWith('\n') ? line : `${line}\n`)).join('')
        this.#cluster.advance(600)
      }
      response.stop()
      return { code: response.code, headers: response.headers, body: lines }
    }
    if (method !== 'GET' && !query.includes('dryRun')) this.#settle()
    return response
  }

  #sleep(ms: number): void {
    this.#cluster.advance(ms)
    this.#settle()
  }

  #settle(): void {
    for (let steps = 0; steps < 10_000 && this.#cluster.step(); steps++);
  }
}

function plainRequest({ method, path, headers, user = 'admin', body, bodyText }: SuiteRequest): SentRequest {
  const text = bodyText ?? (body === undefined ? undefined : JSON.stringify(body))
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  return {
    method,
    path,
    headers: { ...type, ...headers },
    user,
    ...(text === undefined ? {} : { body: text }),
  }
}

const nameOf = (body: unknown): string =>
  (body as { metadata?: { name?: string } } | undefined)?.metadata?.name ?? ''
