export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query as they go on the wire. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** The phrase that belongs to the status, such as "Not Found". */
  readonly statusText: string;
  /** A header by its lower-case name. */
  header(name: string): string | undefined;
  /** The body as it arrives; it can be read once, as text whole or in pieces, or as bytes. */
  chunks(): AsyncIterable<string>;
  text(): Promise<string>;
  bytes(): Promise<Uint8Array>;
}

/** How requests reach the server. Nothing above it knows Node, so a browser can bring one made of `fetch`. */
export interface Transport {
  /** `http://host:port`, without a slash at its end; for messages. */
  readonly address: string;
  /** @throws TransportError when there is no answer; the signal's reason when it is aborted. Redirects are not followed. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Ends kept connections. Requests under way are broken off. */
  close(): void;
}
