import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { REQUEST_LIMITS } from '../../src/apiserver/request-budget.js'
import { EXECUTION } from '../../src/kubectl/print/go-template/go-template.js'
import { COLUMNS, OUTPUT } from '../../src/kubectl/print/jsonpath.js'
import { EXPANSION } from '../../src/kubelet/runtime/processes/arg-max.js'
import { PATH_MAX } from '../../src/kubelet/runtime/processes/expansion.js'
import { SPLITTING } from '../../src/rbac/covers.js'
import { COMPARISON } from '../../src/rbac/held-index.js'
import { byText } from '../../src/lang/text/order.js'
import { STEP_LIMITS } from '../../src/shell/interpreter/interpreter.js'

const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8')
const shown = (value: number | undefined): string => value?.toLocaleString('en-US') ?? ''

test('the table of budgets is that of the code', () => {
  const [, text = ''] = page.split('<!-- budgets -->')
  const rows = text
    .trimStart()
    .split('\n\n')[0]
    ?.split('\n')
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()))
  const all = [
    REQUEST_LIMITS,
    COMPARISON,
    SPLITTING,
    EXPANSION,
    PATH_MAX,
    STEP_LIMITS,
    EXECUTION,
    OUTPUT,
    COLUMNS,
  ]
  expect(rows?.map(([, work, steps, bytes]) => [work, steps, bytes])).toEqual(
    all.map(({ work, steps, bytes }) => [work, shown(steps), shown(bytes)]),
  )
  // what is used up must have an error that somebody sees
  expect(rows?.every((cells) => (cells[4] ?? '') !== '')).toBe(true)
})

const source = (path: string): string => readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8')

/** What the page says of each limit, and where the code has it. Tests of test/hostile try them. */
const LIMITS: readonly (readonly [what: string, figure: string, file: string, constant: string])[] = [
  ['body of a request', '3 MiB', 'apiserver/http/body.ts', 'MOST_BYTES = 3 * 1024 * 1024'],
  ['time to send a body', '60 s', 'server/http/request.ts', 'BODY_MS = 60_000'],
  ['TLS handshake', '32 s', 'server/http/api-listener.ts', 'HANDSHAKE_MS = 32_000'],
  ['head of a request, HTTP/1.1', '1 MiB', 'server/http/api-listener.ts', 'MOST_HEAD = 1024 * 1024'],
  ['streams of a connection', '250', 'server/http/api-listener.ts', 'maxConcurrentStreams: 250'],
  ['values that a body holds', '100,000', 'lang/json/too-many-values.ts', 'mostValues = 100_000'],
  ['nesting of an object', '1,000', 'apiserver/apply/validate-typed.ts', 'MOST_DEPTH = 1_000'],
  ['operations of a JSON patch', '10,000', 'apiserver/registry/patch.ts', 'MOST_OPERATIONS = 10_000'],
  ['bytes that copies', '3 MiB', 'lang/patch/json-patch.ts', 'MOST_COPIED = 3 * 1024 * 1024'],
  ['`Warning` headers', '4,096', 'apiserver/http/responses.ts', 'MOST_WARNINGS = 4 * 1024'],
  ['an object in etcd', '1.5 MiB', 'apiserver/storage/etcd-storage.ts', 'MOST_REQUEST = 1.5 * 1024 * 1024'],
  ['digits of a quantity', '100,000', 'api/quantity.ts', 'maxDigits = 100_000'],
  ['CEL expression', '100,000', 'lang/cel/parse/parser.ts', 'MOST_CHARACTERS = 100_000'],
  ['CEL expression', '250 levels', 'lang/cel/parse/parser.ts', 'DEEPEST = 250'],
  ['CEL expressions compiled', '50,000 tokens; 20 blanks', 'lang/cel/parse/lexer.ts', 'STEPS_OF_TOKEN = 200'],
  ['CEL expressions compiled', '50,000 tokens; 20 blanks', 'lang/cel/parse/lexer.ts', 'STEPS_OF_SPACE = 10'],
  ['resources that a server', '1,000', 'apiserver/extensions/aggregator.ts', 'MOST_RESOURCES = 1_000'],
  ['patterns of schemas', '10,000', 'lang/go/regexp.ts', 'LONGEST = 10_000'],
  [
    "CEL of an admission policy's",
    '10,000,000',
    'apiserver/admission/extensions/evaluation.ts',
    'BINDING_COST_LIMIT = 10_000_000',
  ],
  [
    "CEL of an admission policy's",
    '2,500,000',
    'apiserver/admission/extensions/evaluation.ts',
    'CONDITIONS_COST_LIMIT = 2_500_000',
  ],
  ['field errors in a status', '5,000', 'api/field-error.ts', 'mostFieldErrors = 5_000'],
  ['field errors in a status', '3 MiB', 'apiserver/errors.ts', 'MOST_TOLD = 3 * 1024 * 1024'],
  ['what a watch has not sent', '16 KiB', 'server/watch-stream.ts', 'MOST_TEXT = 16 * 1024'],
  ['SPDY header block', '64 KiB', 'server/spdy/header-codec.ts', 'MOST_BYTES = 64 * 1024'],
  ['certificate chain', '8 certificates', 'pki/verify.ts', 'MAX_CERTIFICATES = 8'],
  ['certificate chain', '100 signatures', 'pki/verify.ts', 'MAX_SIGNATURES = 100'],
  ['etcd: request', '1.5 MiB', 'server/etcd/grpc/unary.ts', 'MOST_REQUEST: number = 1.5 * 1024 * 1024'],
  ['etcd: request', '128 operations', 'etcd/txn/txn-check.ts', 'MAX_TXN_OPS = 128'],
  ['etcd: streams', '1,000', 'server/etcd/listener.ts', 'MOST_STREAMS = 1_000'],
  ['etcd: what a watch has not sent', '1,024', 'server/etcd/grpc/stream-call.ts', 'MOST_WAITING = 1024'],
  ['etcd: handshake', '10 s', 'server/etcd/listener.ts', 'HANDSHAKE_MS = 10_000'],
]

test.each(LIMITS)('the limit of %s is %s in the page and in the code', (what, figure, file, constant) => {
  const row = page.split('\n').find((line) => line.startsWith(`| ${what}`))
  expect(row?.split('|')[2]).toContain(figure)
  expect(source(file)).toContain(constant)
})

test('the figures for processes are those of the code', () => {
  const [, text = ''] = page.replaceAll('\n', ' ').split('Besides, a process has')
  const shell = ['commands', 'memory', 'pace']
    .map((name) => source(`shell/interpreter/${name}.ts`))
    .join('\n')
  for (const [figure, code] of [
    ['8,000 operations in a step', 'MOST_OPERATIONS = 8_000'],
    ['a tenth when it has not waited for 12 steps', 'PATIENCE = 12\nconst LATER = 0.1'],
    ['16 MiB of variables', 'MOST_MEMORY: number = 16 * 1024 * 1024'],
    ['100 nested scripts', 'MOST_FRAMES = 100'],
  ] as const) {
    expect(text).toContain(figure)
    expect(shell).toContain(code)
  }
  expect(text).toContain('copies 2,048 MiB as fast as it can, then one MiB in two virtual seconds')
  expect(shell).toContain('MOST_COPIED = 2_048\nconst COPY_AGAIN_MS = 2_000\nconst COST_OF_WAKE = 1 / 20')
  expect(text).toContain('waits while its client has more than 1 MiB of output to read')
  expect(source('cluster/streams/process-session.ts')).toContain('MOST_UNREAD = 1024 * 1024')
  expect(text).toContain('collect 256 MiB at most')
  expect(source('client/collect.ts')).toContain('MOST_COLLECTED = 256 * 1024 * 1024')
  expect(text).toContain('10,000 files and 1 GiB')
  expect(source('shell/files/file-system.ts')).toContain('MOST_HELD = 1024 * 1024 * 1024')
  expect(source('shell/files/file-system.ts')).toContain('MOST_ENTRIES = 10_000')
  expect(text).toContain('A JSONPath meets 1,000,000 values')
  expect(source('lang/jsonpath/evaluate.ts')).toContain('MOST_VALUES = 1_000_000')
  expect(text).toContain("A webhook's response has 16 MiB")
  expect(source('server/webhooks/post.ts')).toContain('MOST_RESPONSE = 16 * 1024 * 1024')
  expect(text).toContain('64,000,000 instructions times characters, or 12,000,000')
  expect(source('lang/go/regexp.ts')).toContain('most: 12_000_000')
  expect(source('lang/go/regexp.ts')).toContain('most: 64_000_000')
})

test('only the parts that SECURITY.md names touch files, sockets and processes', () => {
  const outside = /from 'node:(?:fs|net|http|http2|https|tls|dgram|child_process|worker_threads)(?:\/\w+)?'/
  const root = new URL('../../src/', import.meta.url)
  const touching = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && outside.test(readFileSync(new URL(path, root), 'utf8')))
    .map((path) => path.slice(0, path.indexOf('/')))
  // the program, durable clusters and kubeconfigs, record(), serve() and serveEtcd()
  expect([...new Set(touching)].toSorted(byText)).toEqual(['cli', 'disk', 'real', 'server'])
})
