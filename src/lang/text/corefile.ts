/** A directive of a server block: the name of a plugin and its arguments. */
export interface CorefilePlugin {
  readonly name: string
  readonly args: readonly string[]
}

/** A server block: the zones that it serves (`.` is every name), and its plugins. */
export interface CorefileServer {
  readonly zones: readonly string[]
  readonly plugins: readonly CorefilePlugin[]
}

/** A Corefile that CoreDNS does not start with; the message is what it prints. */
export class CorefileError extends Error {
  override readonly name = 'CorefileError'
}

/** The plugins of CoreDNS 1.13. Source: coredns plugin.cfg. */
const PLUGINS: ReadonlySet<string> = new Set(
  (
    'root metadata geoip cancel tls quic timeouts multisocket reload nsid bufsize bind debug trace ready ' +
    'health pprof prometheus errors log dnstap local dns64 acl any chaos loadbalance tsig cache rewrite ' +
    'header dnssec autopath minimal template transfer hosts route53 azure clouddns k8s_external kubernetes ' +
    'file auto secondary etcd loop forward grpc erratic whoami on sign view nomad import'
  ).split(' '),
)

/** Returns the path that CoreDNS' words name after `-conf`; undefined if they name none. */
export function corefilePath(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === '-conf' || word === '--conf')
  return at < 0 ? undefined : words[at + 1]
}

interface Token {
  readonly text: string
  readonly line: number
}

/** Returns the tokens of a text: words, or texts in double quotes; `#` begins a comment. */
function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  for (const [index, line] of text.split('\n').entries())
    for (const [word] of line.matchAll(/"(?:[^"\\]|\\.)*"|#.*|[^\s#"]\S*/g))
      if (!word.startsWith('#')) tokens.push({ text: word.replace(/^"(.*)"$/, '$1'), line: index + 1 })
  return tokens
}

/**
 * Parses a Corefile. `file` is the path that errors name. @throws CorefileError for what CoreDNS refuses
 * before it starts: braces that do not match, and directives of no plugin. Source: coredns/caddy
 * caddyfile/parse.go.
 */
export function parseCorefile(text: string, file: string): readonly CorefileServer[] {
  const tokens = tokensOf(text)
  let at = 0
  const fail = (why: string): CorefileError => {
    const line = (tokens[at] ?? tokens.at(-1))?.line ?? 1
    return new CorefileError(`${file}:${line} - Error during parsing: ${why}`)
  }
  /** Skips a block of a directive, whose first brace is the next token. */
  const skipBlock = (): void => {
    for (let depth = 0; at < tokens.length; at++) {
      if (tokens[at]?.text === '{') depth++
      if (tokens[at]?.text === '}' && --depth === 0) return void at++
    }
    throw fail('Unexpected EOF')
  }
  const directive = (): CorefilePlugin => {
    const { text: name, line } = tokens[at] as Token
    if (!PLUGINS.has(name)) throw fail(`Unknown directive '${name}'`)
    const args: string[] = []
    for (at++; tokens[at]?.line === line && !'{}'.includes(tokens[at]?.text ?? ''); at++)
      args.push((tokens[at] as Token).text)
    if (tokens[at]?.text === '{' && tokens[at]?.line === line) skipBlock()
    return { name, args }
  }
  const server = (): CorefileServer => {
    const keys: string[] = []
    for (; at < tokens.length && tokens[at]?.text !== '{'; at++)
      keys.push(...(tokens[at] as Token).text.split(',').filter((key) => key !== ''))
    if (tokens[at] === undefined) throw fail('Unexpected EOF')
    at++
    const plugins: CorefilePlugin[] = []
    while (tokens[at]?.text !== '}') {
      if (tokens[at] === undefined) throw fail('Unexpected EOF')
      plugins.push(directive())
    }
    at++
    return { zones: keys.map(zoneOf), plugins }
  }
  const servers: CorefileServer[] = []
  while (at < tokens.length) servers.push(server())
  return servers
}

/** The zone of a key: `dns://example.org:1053` serves `example.org`. */
const zoneOf = (key: string): string =>
  key
    .replace(/^[a-z]+:\/\//, '')
    .replace(/:\d+$/, '')
    .replace(/(.)\.$/, '$1')
    .toLowerCase()

/** Whether a name is in a zone. */
const isIn = (name: string, zone: string): boolean =>
  zone === '.' || name === zone || name.endsWith(`.${zone}`)

/**
 * Returns who answers for a name (lower case, without the last dot): the plugin `kubernetes`, the plugin
 * `forward`, or nobody (SERVFAIL; REFUSED if no server has its zone).
 */
export function responderOf(
  servers: readonly CorefileServer[],
  name: string,
): 'kubernetes' | 'forward' | 'SERVFAIL' | 'REFUSED' {
  const zoneIn = ({ zones }: CorefileServer): number =>
    Math.max(-1, ...zones.filter((zone) => isIn(name, zone)).map((zone) => (zone === '.' ? 0 : zone.length)))
  const [server] = servers.filter((one) => zoneIn(one) >= 0).toSorted((a, b) => zoneIn(b) - zoneIn(a))
  if (server === undefined) return 'REFUSED'
  const holds = (zones: readonly string[]): boolean =>
    (zones.length > 0 ? zones.map(zoneOf) : server.zones).some((zone) => isIn(name, zone))
  if (server.plugins.some((plugin) => plugin.name === 'kubernetes' && holds(plugin.args))) return 'kubernetes'
  const forwards = server.plugins.some(
    (plugin) => plugin.name === 'forward' && holds(plugin.args.slice(0, 1)),
  )
  return forwards ? 'forward' : 'SERVFAIL'
}
