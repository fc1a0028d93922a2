import type { KindDefinition, KubeObject } from '../api/definition.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Call } from './call.js'
import { resourceNameOf } from './kinds.js'
import { Reflector } from './rest/reflector.js'
import { RestClient } from './rest/rest-client.js'

/** An object that something is waited for of. */
export interface AwaitedObject {
  readonly definition: KindDefinition
  readonly name: string
  readonly namespace?: string
}

/**
 * Moves virtual time until the object, undefined when it is not there, is as `isMet` wants it, for `timeout`
 * ms at most; answers whether it is.
 */
export function untilObject(
  call: Call,
  { definition, ...key }: AwaitedObject,
  isMet: (object: KubeObject | undefined) => boolean,
  timeout: number,
): boolean {
  const { client, env } = call
  if (!(client instanceof RestClient)) {
    const isNow = (): boolean => isMet(ignoreNotFound(() => client.get(resourceNameOf(definition), key)))
    return isNow() || env.until(isNow, timeout)
  }
  const reflector = new Reflector(call, client, definition, key)
  const isNow = (): boolean => {
    reflector.next()
    return reflector.isSynced && isMet(reflector.object)
  }
  try {
    return untilOver(call, isNow, timeout)
  } finally {
    reflector.stop()
  }
}

/** A reflector wants to be asked now and then although nothing happens, since it warns of that. */
const TICK = 10_000

/** Moves virtual time until `isOver`, for `timeout` ms at most; answers whether it is. */
export function untilOver({ env }: Call, isOver: () => boolean, timeout: number): boolean {
  const deadline = env.clock.now() + timeout
  for (;;) {
    if (isOver()) return true
    const left = deadline - env.clock.now()
    if (left <= 0) return false
    if (env.until(isOver, Math.min(left, TICK))) return true
  }
}
