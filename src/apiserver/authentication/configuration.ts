import { compile } from '../../api/cel/compile.js'
import type { CelVariables } from '../../lang/cel/check/checker.js'
import { type FieldError, invalid, required } from '../../api/field-error.js'
import { BOOL, DYN, listOf, mapOf, objectOf, STRING, type CelType } from '../../lang/cel/check/types.js'
import type { ClaimSource, CompiledExpression, Condition, UserRules } from './claimed-user.js'

/** A claim with a prefix, or an expression. */
interface Mapping {
  readonly claim?: string
  readonly prefix?: string
  readonly expression?: string
}

interface Rule {
  readonly claim?: string
  readonly requiredValue?: string
  readonly expression?: string
  readonly message?: string
}

/** A JWT authenticator of the file. Source: apiserver.config.k8s.io/v1 JWTAuthenticator. */
export interface JwtAuthenticator {
  readonly issuer?: {
    readonly url?: string
    readonly discoveryURL?: string
    readonly certificateAuthority?: string
    readonly audiences?: readonly string[]
    readonly audienceMatchPolicy?: string
    readonly egressSelectorType?: string
  }
  readonly claimValidationRules?: readonly Rule[]
  readonly claimMappings?: {
    readonly username?: Mapping
    readonly groups?: Mapping
    readonly uid?: Pick<Mapping, 'claim' | 'expression'>
    readonly extra?: readonly { readonly key?: string; readonly valueExpression?: string }[]
  }
  readonly userValidationRules?: readonly Pick<Rule, 'expression' | 'message'>[]
}

/** Made on first use. Source: apiserver pkg/authentication/cel/compile.go mustBuildEnvs. */
let scopes: Readonly<Record<'claims' | 'user', CelVariables>> | undefined

const scopesOf = (): NonNullable<typeof scopes> =>
  (scopes ??= {
    claims: new Map([['claims', mapOf(STRING, DYN)]]),
    user: new Map([
      [
        'user',
        objectOf('kubernetes.UserInfo', {
          username: STRING,
          uid: STRING,
          groups: listOf(STRING),
          extra: mapOf(STRING, listOf(STRING)),
        }),
      ],
    ]),
  })

/**
 * Compiles the mappings and rules of an authenticator, whose faults are added to `faults`. Source: apiserver
 * pkg/apis/apiserver/validation/validation.go validateJWTAuthenticator.
 */
export function compileAuthenticator(jwt: JwtAuthenticator, path: string, faults: FieldError[]): UserRules {
  const compiler = new Compiler(faults)
  const { username = {}, groups = {}, uid = {}, extra = [] } = jwt.claimMappings ?? {}
  const rules = jwt.claimValidationRules ?? []
  const claimConditions = rules.flatMap((rule, at) =>
    compiler.rule(rule, `${path}.claimValidationRules[${at}]`),
  )
  const mappings = `${path}.claimMappings`
  const [name] = compiler.mapping(username, `${mappings}.username`, { isRequired: true, hasPrefix: true })
  const [group] = compiler.mapping(groups, `${mappings}.groups`, { isRequired: false, hasPrefix: true })
  const [id] = compiler.mapping(uid, `${mappings}.uid`, { isRequired: false, hasPrefix: false })
  const extras = extra.flatMap(({ key = '', valueExpression = '' }, at) => {
    compiler.key(key, `${mappings}.extra[${at}].key`)
    return compiler
      .expression(valueExpression, `${mappings}.extra[${at}].valueExpression`)
      .map((compiled) => ({ key, ...compiled }))
  })
  if (name !== undefined && !('claim' in name)) {
    const others = [name, ...extras, ...claimConditions]
    const isChecked = others.some(({ program }) => selects(program.expr, 'email_verified'))
    if (selects(name.program.expr, 'email') && !isChecked)
      compiler.invalid(`${mappings}.username.expression`, name.expression, UNVERIFIED)
  }
  const userConditions = (jwt.userValidationRules ?? []).flatMap(({ expression = '', message = '' }, at) =>
    compiler
      .expression(expression, `${path}.userValidationRules[${at}].expression`, 'user', BOOL)
      .map((compiled) => ({ ...compiled, message })),
  )
  return {
    username: name ?? { claim: '', prefix: '' },
    ...(group === undefined ? {} : { groups: group }),
    ...(id === undefined ? {} : { uid: id }),
    extra: extras,
    requiredClaims: Object.fromEntries(
      rules.flatMap(({ claim = '', requiredValue = '' }) => (claim === '' ? [] : [[claim, requiredValue]])),
    ),
    claimConditions,
    userConditions,
  }
}

const UNVERIFIED =
  'claims.email_verified must be used in claimMappings.username.expression or ' +
  'claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used ' +
  'in claimMappings.username.expression'

/** Compiles expressions and collects the faults of their fields. */
class Compiler {
  readonly #faults: FieldError[]

  constructor(faults: FieldError[]) {
    this.#faults = faults
  }

  invalid(path: string, value: unknown, why: string): void {
    this.#faults.push(invalid(path, value, why))
  }

  required(path: string, why = ''): void {
    this.#faults.push(required(path, why))
  }

  /** Returns the compiled expression, or nothing if it has a fault. */
  expression(
    expression: string,
    path: string,
    over: 'claims' | 'user' = 'claims',
    type?: CelType,
  ): readonly CompiledExpression[] {
    if (expression.trim() === '') {
      this.required(path)
      return []
    }
    const { program, error } = compile(expression, scopesOf()[over])
    if (error !== undefined) this.invalid(path, expression, `compilation failed: ${error}`)
    else if (program.fault !== undefined)
      this.invalid(path, expression, `program instantiation failed: ${program.fault}`)
    else if (type !== undefined && program.type.kind !== type.kind)
      this.invalid(path, expression, `must evaluate to ${type.kind}`)
    else return [{ expression, program }]
    return []
  }

  mapping(
    { claim = '', prefix, expression = '' }: Mapping,
    path: string,
    { isRequired, hasPrefix }: { readonly isRequired: boolean; readonly hasPrefix: boolean },
  ): readonly ClaimSource[] {
    if (claim !== '' && expression !== '') this.invalid(path, '', "claim and expression can't both be set")
    else if (claim === '' && expression === '') {
      if (isRequired) this.required(path, 'claim or expression is required')
    } else if (claim === '') {
      if (prefix !== undefined)
        this.invalid(`${path}.prefix`, prefix, 'may not be specified when expression is set')
      return this.expression(expression, `${path}.expression`)
    } else {
      if (hasPrefix && prefix === undefined) this.required(`${path}.prefix`, NO_PREFIX)
      return [{ claim, prefix: prefix ?? '' }]
    }
    return []
  }

  /** Checks a rule, and returns its condition if it has an expression. */
  rule(rule: Rule, path: string): readonly Condition[] {
    const { claim = '', requiredValue = '', expression = '', message = '' } = rule
    if (claim !== '' && expression !== '') this.invalid(path, claim, "claim and expression can't both be set")
    else if (claim === '' && expression === '') this.required(path, 'claim or expression is required')
    else if (claim !== '') {
      if (message !== '') this.invalid(`${path}.message`, message, 'may not be specified when claim is set')
    } else if (requiredValue !== '')
      this.invalid(`${path}.requiredValue`, requiredValue, 'may not be specified when expression is set')
    else
      return this.expression(expression, `${path}.expression`, 'claims', BOOL).map((compiled) => ({
        ...compiled,
        message,
      }))
    return []
  }

  /** Checks the key of an extra value. */
  key(key: string, path: string): void {
    const [domain = '', name] = key.split(/\/(.*)/s)
    if (key === '') this.required(path)
    else if (name === undefined || name === '' || domain === '')
      this.invalid(path, key, 'must be a domain-prefixed path (such as "acme.io/foo")')
    if (key !== key.toLowerCase()) this.invalid(path, key, 'must be lowercase')
    if (/(?:^|\.)(?:kubernetes|k8s)\.io$/.test(domain))
      this.invalid(path, key, 'k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use')
  }
}

const NO_PREFIX =
  'prefix is required when claim is set. It can be set to an empty string to disable prefixing'

/** Whether an expression has `claims.FIELD` or `claims.?FIELD` in it. */
function selects(node: unknown, field: string): boolean {
  if (typeof node !== 'object' || node === null) return false
  const { kind, operand, field: selected, name, args } = node as Readonly<Record<string, unknown>>
  if (kind === 'select' && selected === field && isClaims(operand)) return true
  if (kind === 'call' && name === '_?._' && Array.isArray(args) && isClaims(args[0]))
    if ((args[1] as { readonly value?: unknown } | undefined)?.value === field) return true
  return Object.values(node).some((part) => selects(part, field))
}

const isClaims = (node: unknown): boolean =>
  (node as { readonly kind?: unknown } | undefined)?.kind === 'ident' &&
  (node as { readonly name?: unknown }).name === 'claims'
