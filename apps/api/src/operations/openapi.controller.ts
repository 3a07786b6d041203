import { Controller, Get, Header, Injectable } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { asyncApi } from './asyncapi';

/** The description of the API, made once from the code when the application is. */
@Injectable()
export class ApiDescription {
  document: OpenAPIObject | null = null;
}

@ApiExcludeController()
@Controller('v1/openapi.json')
export class OpenApiController {
  constructor(private readonly description: ApiDescription) {}

  @Get()
  @Header('access-control-allow-origin', '*')
  read(): OpenAPIObject | null {
    return this.description.document;
  }
}

/** The description of the topics, made from the code. */
@ApiExcludeController()
@Controller('v1/asyncapi.json')
export class AsyncApiController {
  private readonly document = asyncApi();

  @Get()
  @Header('access-control-allow-origin', '*')
  read(): object {
    return this.document;
  }
}
