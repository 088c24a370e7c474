<?php

namespace Nar;

$is_in = visitor()->is_signed_in(); ?>
<!DOCTYPE html>
<html lang="<?= reader_language() ?>" class="govuk-template">
<head>
<meta charset="utf-8">
<title><?= h($title) ?> — <?= e('Nar, education services') ?></title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="theme-color" content="#7a1230">
<link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/govuk-frontend.min.css">
<link rel="stylesheet" href="/assets/portal.css">
</head>
<body class="govuk-template__body">
<a href="#content" class="govuk-skip-link"><?= e('Go to the content') ?></a>
<header class="nar-header">
  <div class="govuk-width-container nar-header__languages">
<?php foreach (LANGUAGES as $code => $name) { ?>
    <form method="post" action="/language/<?= $code ?>"><?php tokens(); ?><input type="hidden" name="next" value="<?= h(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/') ?>"><button class="nar-link" lang="<?= $code ?>"<?= $code === reader_language() ? ' aria-current="true"' : '' ?>><?= $name ?></button></form>
<?php } ?>
  </div>
  <div class="govuk-width-container nar-header__row">
    <a class="nar-header__name" href="/"><img src="/assets/mark.svg" alt="" width="34" height="34"><span><?= e('Nar') ?><small><?= e('education services') ?></small></span></a>
    <nav class="nar-header__nav" aria-label="<?= e('Main') ?>">
<?php if ($is_in) { ?>
      <a href="/cabinet"><?= e('My cabinet') ?></a>
      <form method="post" action="/sign-out"><?php tokens(); ?><button class="nar-link"><?= e('Sign out') ?></button></form>
<?php } else { ?>
      <a href="/sign-in"><?= e('Sign in') ?></a>
<?php } ?>
    </nav>
  </div>
</header>
<div class="govuk-width-container">
<?= $content ?>
</div>
<footer class="nar-footer">
  <div class="govuk-width-container nar-footer__row"><a href="/verify"><?= e('Check a document') ?></a></div>
</footer>
</body>
</html>
