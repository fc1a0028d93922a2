/**
 * The `ca` certificate of a cluster with the default seed and start. Every new cluster publishes its
 * authority, and most use these defaults, so a precomputed one saves a signature. A test compares it with the
 * generated one.
 */
export const DEFAULT_AUTHORITY: { readonly id: string; readonly pem: string } = {
  id: 'ca 16 1767225600000',
  pem: `-----BEGIN CERTIFICATE-----
MIIDBTCCAe2gAwIBAgIIEgIU7z8ay4kwDQYJKoZIhvcNAQELBQAwFTETMBEGA1UE
AxMKa3ViZXJuZXRlczAeFw0yNTEyMzEyMzU1MDBaFw0zNTEyMzAwMDAwMDBaMBUx
EzARBgNVBAMTCmt1YmVybmV0ZXMwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK
AoIBAQC1B6B9jUjdZf4WvqDSXlZnxhwFMtgOXEOoPBaDV0+sJ3rpYXD4JMZ+It26
bwnODrhjINmcTghuR5GNUMR/6YH3UCeBdCa7X4XZbvtJwp96AYpCfM+j8DroDNwM
GBqQBuXaxw2zX+GsKXuy6r9s4D4NovqdIkVV/jNf8sO/F2AQ2r42CuBaBcFZIPj/
fqdagHxnVtNesNZFzT0FgD7yHIv4fGWUeVYRnwwYvS7v6vRHNvqgGiA6oXpmZaN7
r5LD5B0lKnTFLWlDDu/89v2pC+Ftir+7z7VamluIKLBp5VkUn/6Q20J2E+PQNP0b
L0LEVQJcq0r1sBQRufN9TDRiB0ZBAgMBAAGjWTBXMA4GA1UdDwEB/wQEAwICpDAP
BgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBQJ9sep0fd4cLjxSvSaa3z9VP++eTAV
BgNVHREEDjAMggprdWJlcm5ldGVzMA0GCSqGSIb3DQEBCwUAA4IBAQB3IITFAnVy
EGTmIutYGJd8Gutp9PS41sG43mM1mGmstBHmdC6V2IVf8M33S5P0iGLnMd0i+Iwn
XUdr2RxZqHiUaOIacY4K5ZqYVHFriqmQF0oi+0TZwN3ijWT1RXN9eCrWZaczLu2J
uPO5LXi7JOW49Fg72cAQYk61VF+aRx3FOykooMmm8C7J0LysOJEYjHHYuVHNTNqj
XdEuhJE7bWBwizWYq9yj4rLhXv30q5mtf8T+Wd21S2cFdXJYvo6H2uWnDGHbvkCQ
jUUxo6rUz76M4/TgeEWF4KkMw3mKAtqKXf+puYCqyltO6zohDONa/1vFvdPgmR6T
q4S7UFT3nAnD
-----END CERTIFICATE-----
`,
}
