import type { Library } from './library.js'
import { fn } from './library.js'

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

/** The value of `authorizer` in an expression, and the results of its functions. */
export class AuthorizerValue {
  readonly authorize: Authorize
  readonly question: AuthorizationQuestion

  /** The resource of `authorizer.requestResource`. */
  readonly requested: AuthorizationQuestion

  constructor(
    authorize: Authorize,
    question: AuthorizationQuestion = {},
    requested: AuthorizationQuestion = {},
  ) {
    this.authorize = authorize
    this.question = question
    this.requested = requested
  }

  get requestResource(): AuthorizerValue {
    return new ResourceCheckValue(this.authorize, this.requested)
  }
}

/** `authorizer.path('/healthz')` */
export class PathCheckValue extends AuthorizerValue {}
/** `authorizer.group('apps')` */
export class GroupCheckValue extends AuthorizerValue {}
/** `authorizer.group('').resource('pods')` */
export class ResourceCheckValue extends AuthorizerValue {}

/** The decision of a check. */
export class DecisionValue {
  readonly allowed: boolean
  readonly reason: string

  constructor({ allowed, reason = '' }: ReturnType<Authorize>) {
    this.allowed = allowed
    this.reason = reason
  }
}

const A = 'kubernetes.authorization.Authorizer'
const PATH = 'kubernetes.authorization.PathCheck'
const GROUP = 'kubernetes.authorization.GroupCheck'
const RESOURCE = 'kubernetes.authorization.ResourceCheck'
const DECISION = 'kubernetes.authorization.Decision'

const resourceField =
  (name: keyof AuthorizationQuestion) =>
  (of: AuthorizerValue, value: string): ResourceCheckValue =>
    new ResourceCheckValue(of.authorize, { ...of.question, [name]: value })

const check = ({ authorize, question }: AuthorizerValue, verb: string): DecisionValue =>
  new DecisionValue(authorize({ ...question, verb }))

/** `authorizer` of admission policies. Source: apiserver pkg/cel/library/authz.go. */
export const authorizerLibrary: Library = {
  types: {
    [A]: AuthorizerValue,
    [PATH]: PathCheckValue,
    [GROUP]: GroupCheckValue,
    [RESOURCE]: ResourceCheckValue,
    [DECISION]: DecisionValue,
  },
  functions: [
    fn(
      `${A}.path(string): ${PATH}`,
      ({ authorize, question }: AuthorizerValue, path: string) =>
        new PathCheckValue(authorize, { ...question, path }),
    ),
    fn(`${PATH}.check(string): ${DECISION}`, check),
    fn(
      `${A}.group(string): ${GROUP}`,
      ({ authorize, question }: AuthorizerValue, group: string) =>
        new GroupCheckValue(authorize, { ...question, group }),
    ),
    fn(
      `${A}.serviceAccount(string, string): ${A}`,
      ({ authorize, question }: AuthorizerValue, namespace: string, name: string) =>
        new AuthorizerValue(authorize, { ...question, serviceAccount: [namespace, name] }),
    ),
    fn(`${GROUP}.resource(string): ${RESOURCE}`, resourceField('resource')),
    ...(['subresource', 'namespace', 'name'] as const).map((name) =>
      fn(`${RESOURCE}.${name}(string): ${RESOURCE}`, resourceField(name)),
    ),
    fn(`${RESOURCE}.fieldSelector(string): ${RESOURCE}`, (of: ResourceCheckValue) => of),
    fn(`${RESOURCE}.labelSelector(string): ${RESOURCE}`, (of: ResourceCheckValue) => of),
    fn(`${RESOURCE}.check(string): ${DECISION}`, check),
    fn(`${DECISION}.allowed(): bool`, ({ allowed }: DecisionValue) => allowed),
    fn(`${DECISION}.reason(): string`, ({ reason }: DecisionValue) => reason),
    fn(`${DECISION}.errored(): bool`, () => false),
    fn(`${DECISION}.error(): string`, () => ''),
  ],
}
