import type { FunctionTable } from '../../lang/cel/library/functions.js'
import { OpaqueValue } from '../../lang/cel/library/opaque.js'
import { CelError, type Value } from '../../lang/cel/values.js'
import { dnsSubdomainFaults, dnsLabelFaults } from '../validation/names.js'

/** The attributes of a check. Absent ones are empty. */
export interface AuthorizationQuestion {
  readonly path?: string
  readonly group?: string
  readonly resource?: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  readonly verb?: string
  /** Namespace and name of the service account to check instead of the user of the request. */
  readonly serviceAccount?: readonly [namespace: string, name: string]
}

/** Returns the decision of a check. */
export type Authorize = (question: AuthorizationQuestion) => {
  readonly allowed: boolean
  readonly reason?: string
}

const PACKAGE = 'kubernetes.authorization'

/** A check that is being built. Two are equal only if they are one. */
abstract class CheckValue extends OpaqueValue {
  readonly authorize: Authorize
  readonly question: AuthorizationQuestion

  constructor(authorize: Authorize, question: AuthorizationQuestion = {}) {
    super()
    this.authorize = authorize
    this.question = question
  }

  protected isSame(other: this): boolean {
    return other === this
  }
}

/** The value of `authorizer` in an expression. */
export class AuthorizerValue extends CheckValue {
  /** The resource of `authorizer.requestResource`. */
  readonly requested: AuthorizationQuestion

  constructor(
    authorize: Authorize,
    question: AuthorizationQuestion = {},
    requested: AuthorizationQuestion = {},
  ) {
    super(authorize, question)
    this.requested = requested
  }

  get typeName(): string {
    return `${PACKAGE}.Authorizer`
  }

  field(name: string): Value | undefined {
    return name === 'requestResource' ? new ResourceCheckValue(this.authorize, this.requested) : undefined
  }
}

/** `authorizer.path('/healthz')` */
class PathCheckValue extends CheckValue {
  get typeName(): string {
    return `${PACKAGE}.PathCheck`
  }
}

/** `authorizer.group('apps')` */
class GroupCheckValue extends CheckValue {
  get typeName(): string {
    return `${PACKAGE}.GroupCheck`
  }
}

/** `authorizer.group('').resource('pods')` */
class ResourceCheckValue extends CheckValue {
  get typeName(): string {
    return `${PACKAGE}.ResourceCheck`
  }
}

/** The decision of a check. */
class DecisionValue extends OpaqueValue {
  readonly allowed: boolean
  readonly reason: string

  constructor({ allowed, reason = '' }: ReturnType<Authorize>) {
    super()
    this.allowed = allowed
    this.reason = reason
  }

  get typeName(): string {
    return `${PACKAGE}.Decision`
  }

  protected isSame(other: DecisionValue): boolean {
    return other === this
  }
}

const asking =
  (name: keyof AuthorizationQuestion) =>
  ({ authorize, question }: CheckValue, value: string): Value =>
    new ResourceCheckValue(authorize, { ...question, [name]: value })

const check = ({ authorize, question }: CheckValue, verb: string): Value =>
  new DecisionValue(authorize({ ...question, verb }))

function resource(of: CheckValue, name: string): Value {
  return name === '' ? new CelError('resource must not be empty') : asking('resource')(of, name)
}

function path({ authorize, question }: CheckValue, text: string): Value {
  return text === ''
    ? new CelError('path must not be empty')
    : new PathCheckValue(authorize, { ...question, path: text })
}

function serviceAccount({ authorize, question }: CheckValue, namespace: string, name: string): Value {
  if (dnsSubdomainFaults(name).length > 0) return new CelError('Invalid service account name')
  if (dnsLabelFaults(namespace).length > 0) return new CelError('Invalid service account namespace')
  return new AuthorizerValue(authorize, { ...question, serviceAccount: [namespace, name] })
}

/** `authorizer` of admission policies. Source: apiserver pkg/cel/library/authz.go. */
export function addAuthorizer(table: FunctionTable): void {
  const [authorizer, pathCheck, group, of, decision] = [
    `${PACKAGE}.Authorizer`,
    `${PACKAGE}.PathCheck`,
    `${PACKAGE}.GroupCheck`,
    `${PACKAGE}.ResourceCheck`,
    `${PACKAGE}.Decision`,
  ]
  table.define({
    [`${authorizer}.path(string): ${pathCheck}`]: path,
    [`${authorizer}.group(string): ${group}`]: ({ authorize, question }: CheckValue, name: string) =>
      new GroupCheckValue(authorize, { ...question, group: name }),
    [`${authorizer}.serviceAccount(string, string): ${authorizer}`]: serviceAccount,
    [`${group}.resource(string): ${of}`]: resource,
    [`${of}.subresource(string): ${of}`]: asking('subresource'),
    [`${of}.namespace(string): ${of}`]: asking('namespace'),
    [`${of}.name(string): ${of}`]: asking('name'),
    [`${of}.fieldSelector(string): ${of}`]: (value: CheckValue) => value,
    [`${of}.labelSelector(string): ${of}`]: (value: CheckValue) => value,
    [`${pathCheck}.check(string): ${decision}`]: check,
    [`${of}.check(string): ${decision}`]: check,
    [`${decision}.errored(): bool`]: () => false,
    [`${decision}.error(): string`]: () => '',
    [`${decision}.allowed(): bool`]: ({ allowed }: DecisionValue) => allowed,
    [`${decision}.reason(): string`]: ({ reason }: DecisionValue) => reason,
  })
}
