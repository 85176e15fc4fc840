// @nestjs/throttler is CommonJS and requires Nest, which is ESM. Node allows that; Jest does when Nest is there already.
import '@nestjs/common';
import '@nestjs/core';
