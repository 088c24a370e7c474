<?php

// The citizen's pages over libedu: appeals, references and the check of documents. What is allowed and
// what happens is decided in the library; here requests become calls and records become pages.

declare(strict_types=1);

namespace Nar;

require (getenv('EDU_PHP_PACKAGE') ?: '/usr/local/share/php/edu') . '/autoload.php';
foreach (['language', 'visitor', 'form', 'kept', 'view', 'fields', 'open', 'account', 'appeals', 'references', 'verification'] as $part) {
    require __DIR__ . "/../src/$part.php";
}

$pages = [
    'GET /' => home(...), 'GET /health/ready' => health(...), 'GET /assets/([\w.-]+)' => asset(...),
    'POST /language/(\w+)' => language(...),
    'GET|POST /sign-in' => sign_in(...), 'GET|POST /sign-in/code' => sign_in_code(...), 'POST /sign-out' => sign_out(...),
    'GET /cabinet' => cabinet(...), 'GET /cabinet/messages' => messages(...),
    'POST /cabinet/messages/([\w-]+)/([\w-]+)' => read_message(...),
    'GET|POST /appeals/new' => new_appeal(...),
    'GET /appeals/([\w-]+)/([\w-]+)' => appeal(...), 'POST /appeals/([\w-]+)/([\w-]+)/(\w+)' => act_on_appeal(...),
    'GET /appeals/([\w-]+)/([\w-]+)/file/(\d{1,9})' => appeal_file(...),
    'GET|POST /references' => references(...),
    'GET /documents/([\w-]+)/(\w+)\.(pdf|html|json)' => document(...),
    'GET|POST /verify' => verify(...), 'POST /verify/copy' => verified_copy(...), 'GET /V/(\w+)' => verify_number(...),
];

answer($pages, $_SERVER['REQUEST_METHOD'], parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/');
