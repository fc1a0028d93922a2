#!/usr/bin/env node
// A kubectl that knows what `record()` asks of it, in front of a server that says what it was asked.
import { createServer } from 'node:http'

const words = process.argv.slice(2)
const answers = {
  version: { serverVersion: { major: '1', minor: '35', gitVersion: 'v1.35.0' } },
  auth: { status: { userInfo: { username: 'jane', groups: ['system:authenticated'] } } },
}
const name = words.find((word) => !word.startsWith('-'))
if (name === 'proxy') {
  const socket = words.find((word) => word.startsWith('--unix-socket='))?.slice('--unix-socket='.length)
  if (socket === undefined) throw new Error('listens on a port')
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ words, url: request.url, headers: request.headers }))
  })
  server.on('upgrade', (request, stream) => {
    stream.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
    stream.end(JSON.stringify(request.headers))
  })
  server.listen(socket, () => console.log(`Starting to serve on ${socket}`))
} else if (name === 'get') console.log('node/node-1')
else console.log(JSON.stringify(answers[name] ?? {}))
