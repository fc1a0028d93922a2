import type { Impersonation } from '../request.js'
import type { RequestHandler } from './in-process-client.js'

/** The same server for a client whose every request asks to act as someone else (`Impersonate-*` headers). */
export function impersonating(server: RequestHandler, impersonate: Impersonation): RequestHandler {
  const acting = <T extends { readonly credentials?: object }>(request: T): T => ({
    ...request,
    credentials: { ...request.credentials, impersonate },
  })
  return {
    context: server.context,
    execute: (request) => server.execute(acting(request)),
    watch: (request) => server.watch(acting(request)),
    resume: (request) => server.resume(acting(request)),
    reread: (request) => server.reread(acting(request)),
    connect: (request, options) => server.connect(acting(request), options),
  }
}
