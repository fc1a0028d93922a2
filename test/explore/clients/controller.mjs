/**
 * A controller in a process of its own, with nothing but Node's https. `node controller.mjs MODE [fixed]`:
 * wrong in one of three ways, or not.
 */
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { argv, env } from 'node:process'

const [, , mode, fixed] = argv
const isFixed = fixed === 'fixed'
const text = readFileSync(env.KUBECONFIG, 'utf8')
const field = (name) => new RegExp(`${name}: "?([^"\\s]+)`).exec(text)[1]
const pem = (name) => Buffer.from(field(name), 'base64')
const tls = {
  ca: pem('certificate-authority-data'),
  cert: pem('client-certificate-data'),
  key: pem('client-key-data'),
}
const MAPS = '/api/v1/namespaces/default/configmaps'

function open(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const sent = request(`${field('server')}${path}`, { method, headers, ...tls }, resolve)
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function call(method, path, body) {
  const response = await open(method, path, body)
  let answer = ''
  for await (const chunk of response) answer += chunk
  return { code: response.statusCode, ...JSON.parse(answer) }
}

const get = (name) => call('GET', `${MAPS}/${name}`)
const create = (name, labels) => call('POST', MAPS, { metadata: { name, labels } })
const remove = (name) => call('DELETE', `${MAPS}/${name}`)

/** Brings the parts of a gadget to where they should be. */
async function reconcile({ metadata: { name }, data }) {
  const [part, second] = [`${name}-part`, `${name}-second`]
  if (mode === 'stale' && data.closed === 'yes') {
    if (isFixed && (await get(name)).data?.closed !== 'yes') return
    await remove(part)
    return
  }
  const { code } = await create(part, { of: name })
  // whoever finds the first part believes that the second one exists
  if (mode === 'intermediate' && (isFixed || code === 201)) await create(second, { of: name })
}

let version = ''
let known = new Set()
for (;;) {
  const { items, metadata } = await call('GET', MAPS)
  const gadgets = items.filter(({ data }) => data?.gadget !== undefined)
  known = new Set(gadgets.map((gadget) => gadget.metadata.name))
  for (const gadget of gadgets) await reconcile(gadget)
  if (mode === 'unobserved' && isFixed)
    for (const { metadata: part } of items)
      if (part.labels?.of !== undefined && !known.has(part.labels.of)) await remove(part.name)
  version = metadata.resourceVersion
  const events = await open('GET', `${MAPS}?watch=true&resourceVersion=${version}`)
  let rest = ''
  for await (const chunk of events) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()
    for (const line of lines) {
      const { type, object } = JSON.parse(line)
      if (object.data?.gadget === undefined) continue
      if (type === 'DELETED') await remove(`${object.metadata.name}-part`)
      else await reconcile(object)
    }
  }
}
