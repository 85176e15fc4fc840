import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The figures that Prometheus reads. Labels are routes, never addresses or names: no tenant stands in them. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  readonly streams = new Gauge({
    name: 'holdfast_api_streams',
    help: 'Live connections of consoles',
    registers: [this.registry],
  });
  private readonly requests = new Histogram({
    name: 'holdfast_api_request_seconds',
    help: 'Time to answer a request, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Times every request; a live connection is no request that takes long. */
  readonly time = (request: Request, response: Response, next: NextFunction): void => {
    const stop = this.requests.startTimer();
    response.once('finish', () => {
      const route = (request.route as { path?: string } | undefined)?.path ?? 'other';
      if (route !== '/api/v1/stream') stop({ method: request.method, route, status: response.statusCode });
    });
    next();
  };
}
