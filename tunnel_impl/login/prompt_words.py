"""The words by which servers ask: what each means, in the languages that PAM and its modules speak.

Each entry stands for all its spellings: case, accents, widths, hyphens and underscores do not matter, and blanks
may be missing ("One-Time Password", "onetimepassword"). The longest entry wins where several fit.
"""

from __future__ import annotations

from enum import Enum
from typing import Final


class Word(Enum):
    """What a word of a prompt is about."""

    PASSWORD = "P"  # noqa: S105 -- a kind of word
    CODE = "C"
    RECOVERY = "R"
    """A code that can be used once and never comes again."""
    NEW = "N"
    """Makes a password one to be chosen, or repeated."""
    OTHER = "X"
    """Something that only the user can know or do."""
    AND = "&"
    OR = "|"


def _listed(text: str) -> tuple[str, ...]:
    return tuple(entry.strip() for line in text.strip().splitlines() for entry in line.split(",") if entry.strip())


_PASSWORD = _listed("""
    password, passwords, passwd, passwrd, passwort, kennwort, pass, pwd, pw, psw, pword, parole, parola
    1st password, first factor, 1st factor, factor 1, factor one, primary factor, first password, primary password
    benutzerpasswort, anmeldepasswort, domänenpasswort, erster faktor, erstes passwort, 1. faktor, mot de passe, mdp
    premier facteur, contraseña, clave de acceso, primer factor, palavra passe, senha, primeiro fator, primo fattore
    password di accesso, wachtwoord, eerste factor, hasło, hasła, hasłem, pierwszy składnik, pierwszy czynnik
    пароль, пароля, паролем, первый фактор, heslo, hesla, jelszó, parolă, lozinka, geslo, slaptažodis, lösenord
    lösenordet, passord, adgangskode, kodeord, salasana, şifre, şifreniz, şifrenizi, parolanız, parolanızı
    birinci faktör, ilk faktör, mật khẩu, kata sandi, sandi, รหัสผ่าน, סיסמה, סיסמא, كلمة المرور, كلمة السر, पासवर्ड
    密码, 密碼, 口令, 登录密码, 登入密碼, 第一因素, 第一因子, 第一要素, パスワード, 第1要素, 第一認証, 비밀번호
    비밀 번호, 패스워드, 암호, 첫 번째 요소, 첫번째 인증
""")

_CODE = _listed("""
    code, codes, passcode, pass code, passcodes, token, tokens, token code, token codes, otp, otps, totp, hotp, 2fa
    mfa, 2fa code, mfa code, otp code, totp code, one time, one time code, one time password, one time passwords
    one time passcode, one time pin, one time pass, one time token, single use code, single use password
    otp password, otp pin, otp token, token password, token pass, token number, sms password, sms token
    2fa password, mfa password, totp password, yubikey, yubikey otp, yubikey password, yubico otp, dynamic password
    dynamic code, dynamic passcode, time based code, time based password, verification, verification code
    verify code, verification number, verification token, verification pin code, security code, authentication code
    authentication token, authenticator, authenticator code, authenticator app, authorization code
    confirmation code, access code, login code, sign in code, signin code, auth code, auth token, security token
    hardware token, software token, soft token, google authenticator, google authenticator code
    microsoft authenticator, duo passcode, duo code, okta code, two factor, 2 factor, two factor code, multi factor
    multi factor code, two step, 2 step verification, two step verification, second factor, 2nd factor, factor 2
    factor two, secondary factor, second password, 2nd password, secondary password, second passcode, sms code
    text code, email code, e mail code, mail code, token response, otp response, numeric code, otp auth, mfa auth
    2fa auth, totp auth, 6 digit code, 8 digit code, six digit code, eight digit code, 6 digits, 8 digits
    six digits, eight digits, 6 digit number, 8 digit number, 6 digit otp, 6 digit token, 6 digit verification code
    6 digit passcode, digit code, google authenticator password, authenticator password, mobile token, smart token
    rsa token, securid

    einmalpasswort, einmal passwort, einmalkennwort, einmal kennwort, einmalcode, einmal code, einmalpin, einmal pin
    otp passwort, sicherheitscode, bestätigungscode, prüfcode, verifizierungscode, verifikationscode, zugangscode
    authentifizierungscode, authentisierungscode, anmeldecode, freigabecode, zugriffscode, tokencode, sms code, tan
    mtan, sms tan, smstan, zweiter faktor, zweites passwort, 2. faktor, zwei faktor code, zwei faktor
    einmaliges passwort, einmaliger code, sechsstelliger code, authentifikationscode, bestaetigungscode, pruefcode

    code de vérification, code de sécurité, code à usage unique, mot de passe à usage unique, mot de passe unique
    mot de passe jetable, mot de passe temporaire à usage unique, code d'authentification, code d'accès, code sms
    jeton, code de confirmation, code de validation, deuxième facteur, second facteur, code reçu par sms
    code unique, code otp, code à 6 chiffres, code temporaire, second mot de passe, deuxième mot de passe
    double authentification

    código, codigo, código de verificación, código de seguridad, código de autenticación, código de acceso
    código sms, código de confirmación, código de un solo uso, contraseña de un solo uso, contraseña de uso único
    código de uso único, contraseña única, contraseña temporal de un solo uso, segundo factor, ficha, código otp
    segunda contraseña, clave de un solo uso, clave dinámica, clave de uso único

    codice, codici, codice di verifica, codice di sicurezza, codice di autenticazione, codice di conferma
    codice monouso, codice otp, codice sms, password monouso, password usa e getta, password temporanea monouso
    secondo fattore, codice di accesso, gettone, seconda password, codice temporaneo, password unica
    password dinamica

    código de verificação, código de segurança, código de autenticação, código de confirmação, código de uso único
    senha de uso único, senha descartável, palavra passe de uso único, segundo fator, código de acesso, senha única
    código único, segunda senha, senha temporária de uso único, senha dinâmica

    verificatiecode, beveiligingscode, bevestigingscode, toegangscode, eenmalige code, eenmalig wachtwoord
    eenmalige pincode, authenticatiecode, inlogcode, sms code, tweede factor, tweede wachtwoord, controlecode

    kod, kodu, kodem, kod weryfikacyjny, kod bezpieczeństwa, kod uwierzytelniający, kod jednorazowy
    hasło jednorazowe, jednorazowe hasło, jednorazowy kod, kod potwierdzający, kod sms, drugi składnik
    drugi czynnik, drugie hasło, kod dostępu, kod autoryzacyjny, kod z aplikacji, hasła jednorazowego

    код, кода, кодом, код подтверждения, код проверки, проверочный код, код безопасности, код доступа, код из смс
    смс код, код аутентификации, код авторизации, одноразовый пароль, одноразовый код, одноразового пароля
    одноразовым паролем, пароль из смс, второй фактор, второй пароль, токен, токена, код токена, динамический пароль
    контрольный код, код підтвердження, одноразовий пароль, одноразовий код, двухфакторная аутентификация

    验证码, 驗證碼, 校验码, 校驗碼, 认证码, 認證碼, 安全码, 安全碼, 动态码, 動態碼, 动态口令, 動態口令, 动态密码
    動態密碼, 动态验证码, 動態驗證碼, 一次性密码, 一次性密碼, 一次性口令, 一次性验证码, 一次性驗證碼, 一次性代码
    单次密码, 單次密碼, 短信验证码, 簡訊驗證碼, 短信码, 令牌, 令牌码, 令牌碼, 令牌密码, 验证代码, 驗證代碼, 安全代码
    安全代碼, 身份验证码, 权杖, 身份验证器, 驗證器, 第二因素, 第二因子, 第二要素, 二次验证码, 两步验证码, 两步验证
    兩步驗證, 双因素, 雙因素, 双重验证, 双因子, 双因素验证码, 确认码, 確認碼, 谷歌验证码, 多因素验证码, 多因素
    手机令牌, 代码, 代碼, 权杖码

    ワンタイムパスワード, ワンタイムコード, ワンタイムパス, 一回限りのパスワード, 使い捨てパスワード, 確認コード
    認証コード, 検証コード, セキュリティコード, セキュリティ コード, 認証番号, 確認番号, トークン, トークンコード
    パスコード, 二要素, 2要素, 二段階認証, 二段階認証コード, 2段階認証, 2段階認証コード, 第二要素, 第2要素
    第2パスワード, コード, 認証アプリ, ワンタイム パスワード, アクセスコード, smsコード, 二段階認証用コード

    인증 코드, 인증 번호, 인증코드, 인증번호, 확인 코드, 확인코드, 보안 코드, 보안코드, 일회용 비밀번호
    일회용 패스워드, 일회용 암호, 일회용 코드, 일회용비밀번호, 일회성 비밀번호, 토큰, 토큰 코드, 코드, otp 번호
    2단계 인증, 2단계 인증 코드, 이중 인증, 두 번째 요소, 패스코드, 검증 코드, 1회용 비밀번호, 1회용 코드
    otp 비밀번호, 2차 인증, 2차 비밀번호, 인증키

    doğrulama kodu, doğrulama kodunu, güvenlik kodu, onay kodu, kodu, kodunu, kodunuzu, kod, tek kullanımlık şifre
    tek kullanımlık parola, tek kullanımlık kod, tek kullanımlık şifreniz, tek kullanımlık şifreyi, sms kodu
    ikinci faktör, iki faktörlü, tek seferlik şifre, tek seferlik parola, tek seferlik kod, ikinci şifre
    ikinci parola, tek kullanımlık kodu, giriş kodu, erişim kodu, kimlik doğrulama kodu, geçiş kodu, jeton

    engångskod, engångslösenord, verifieringskod, säkerhetskod, bekräftelsekod, engangskode, engangskodeord
    engangspassord, bekræftelseskode, verifikationskode, verifiseringskode, sikkerhetskode, engangsadgangskode
    kertakäyttösalasana, kertakäyttökoodi, vahvistuskoodi, todennuskoodi, turvakoodi, jednorázové heslo
    jednorázový kód, ověřovací kód, bezpečnostní kód, potvrzovací kód, kód, egyszer használatos jelszó
    egyszeri jelszó, ellenőrző kód, biztonsági kód, hitelesítő kód, parolă unică, parolă de unică folosință, cod
    cod de verificare, cod de securitate, jednokratna lozinka, verifikacijski kod, mã xác thực, mã xác minh, mã otp
    mật khẩu một lần, mật khẩu dùng một lần, kode verifikasi, kode otp, kode, kode keamanan, kata sandi sekali pakai
    รหัสยืนยัน, รหัส otp, รหัสผ่านครั้งเดียว, קוד אימות, סיסמה חד פעמית, קוד, رمز التحقق, رمز التأكيد, رمز
    κωδικός επαλήθευσης, κωδικός μίας χρήσης, κωδικός μιας χρήσης, सत्यापन कोड, ओटीपी
""")

_RECOVERY = _listed("""
    recovery code, recovery codes, backup code, backup codes, back up code, scratch code, scratch codes
    emergency code, emergency scratch code, emergency scratch codes, rescue code, bypass code, fallback code
    restore code, backup token, recovery key, recovery token, backup passcode, backup verification code
    emergency token, reserve code, spare code, emergency passcode, recovery passcode, backup otp, backup key
    static code, wiederherstellungscode, backupcode, ersatzcode, notfallcode, notfall code, rettungscode
    reservecode, notcode, wiederherstellungsschlüssel, sicherungscode, backup schlüssel, code de récupération
    code de secours, code d'urgence, clé de récupération, code de restauration, code de sauvegarde
    código de recuperación, código de respaldo, código de emergencia, código de reserva, clave de recuperación
    código de copia de seguridad, código de rescate, codice di recupero, codice di backup, codice di emergenza
    codice di ripristino, codice di riserva, código de recuperação, código de backup, código de emergência
    código de segurança reserva, código alternativo, herstelcode, noodcode, kod odzyskiwania, kod zapasowy
    kod awaryjny, kodu zapasowego, kod ratunkowy, код восстановления, резервный код, резервного кода, запасной код
    аварийный код, код відновлення, резервний код, 恢复码, 恢復碼, 恢复代码, 恢復代碼, 恢复密钥, 备用码, 備用碼
    备用代码, 備用代碼, 备用验证码, 備用驗證碼, 备份码, 備份碼, 备份代码, 救援码, 应急码, 應急碼, 紧急代码, 緊急代碼
    復原碼, 还原码, 一次性恢复码, 救援代码, 刮刮码, リカバリーコード, リカバリコード, リカバリー コード
    バックアップコード, バックアップ コード, 回復コード, 復旧コード, 復元コード, スクラッチコード, 緊急コード
    予備コード, 非常用コード, 回復キー, 복구 코드, 백업 코드, 복구코드, 백업코드, 비상 코드, 예비 코드, 복구 키
    스크래치 코드, 긴급 코드, kurtarma kodu, yedek kod, yedek kodu, acil durum kodu, kurtarma kodunu, yedekleme kodu
    kurtarma anahtarı, återställningskod, reservkod, gjenopprettingskode, gendannelseskode, palautuskoodi, varakoodi
    varmuuskoodi, obnovovací kód, záložní kód, helyreállítási kód, tartalék kód, cod de recuperare, cod de rezervă
    mã khôi phục, mã dự phòng, kode pemulihan, kode cadangan, קוד שחזור, קוד גיבוי, رمز الاسترداد, κωδικός ανάκτησης
    रिकवरी कोड
""")

_NEW = _listed("""
    new, retype, re type, reenter, re enter, repeat, confirm, again, change, verify, choose, create, set, pick
    retry new, verify new, neu, neue, neues, neuen, neuer, wiederholen, wiederhole, wiederholung, erneut, nochmal
    nochmals, bestätigen, ändern, bestätigung, nouveau, nouvelle, nouveaux, confirmer, confirmez, confirmation
    retapez, ressaisir, ressaisissez, répéter, répétez, encore, à nouveau, changer, nuevo, nueva, repita, repetir
    confirme, confirmar, confirmación, vuelva a escribir, vuelva a introducir, otra vez, de nuevo, cambiar, nuova
    nuovo, ripeti, ripetere, conferma, confermare, riscrivere, reinserire, reinserisci, di nuovo, novo, nova
    redigite, digite novamente, novamente, confirmação, confirma, nieuw, nieuwe, herhaal, bevestig, opnieuw, nowe
    nowy, nowego, powtórz, potwierdź, ponownie, новый, нового, повторите, повтор, подтвердите, подтверждение
    ещё раз, еще раз, снова, повторно, новий, підтвердіть, 新密码, 新密碼, 新口令, 新的, 确认密码, 確認密碼
    确认新密码, 确认口令, 重新输入, 重新輸入, 再次输入, 再次輸入, 再输入, 再輸入, 重复, 重複, 请确认, 請確認
    修改密码, 變更密碼, 更改密码, 设置密码, 設定密碼, 新しい, 新規, 新パスワード, 再入力, もう一度, パスワード確認
    パスワードの確認, パスワード(確認), 確認用, 再度, 変更, 새, 새로운, 새 비밀번호, 다시, 재입력, 비밀번호 확인
    패스워드 확인, 암호 확인, 변경, 확인용, 신규, yeni, tekrar, yeniden, onayla, onaylayın, doğrula, değiştir
    tekrarla, tekrarlayın, nytt, nya, ny, nyt, gjenta, gentag, upprepa, bekräfta, bekreft, bekræft, uusi, toista
    vahvista, nové, nový, zopakujte, potvrďte, znovu, új, ismételje, nouă, confirmați, mới, xác nhận, nhập lại, baru
    ulangi, konfirmasi, חדשה, שוב, الجديدة, تأكيد, नया
""")

_OTHER = _listed("""
    passphrase, pass phrase, pin, pin code, pincode, puk, pins, username, user name, user id, userid, login name
    yes/no, y/n, login:, account name, option, options, select, selection, choice, press, press enter, push, tap
    touch, swipe, approve, approved, approval, accept, fingerprint, biometric, challenge, response, secret, question
    answer, captcha, s/key, skey, otp md5, otp md4, otp sha1, opie, keystore password, key password
    private key password, certificate password, database password, db password, root password, admin password
    administrator password, master password, vault password, enable password, recovery password, backup password
    temporary password, initial password, guest password, bios password, disk password, encryption password
    wallet password, wifi password, group password, shared password, password reset, reset password, forgot
    password 2, password hint, pin password, api token, personal access token, access token, bearer token
    session token, refresh token, github token, vault token, api key, token name, token serial, serial number
    serial, token id, token label, captcha code, postal code, post code, zip code, country code, area code
    project code, department code, employee code, customer code, cost code, dial code, promo code, discount code
    activation code, error code, exit code, qr code, bar code, reference code, device code, user code, ticket code
    billing code, license code, registration code, enrollment code, enrolment code, invitation code, invite code
    reset code, unlock code, master code, admin code, supervisor code, company code, client code, source code
    job code, challenge code, reason code, room code, door code, alarm code, coupon code, number matching
    shown above, last 4 digits, last four digits, last 6 digits, first 4 digits, factor, phone number, mobile number
    email address, send, resend, request a, receive, get a, visit, browser, browse, web page, webpage, comma
    separated, third factor, factor 3, 3rd factor, factor three, third password, smart card, smartcard, type yes
    type no, private key, for key, for the key, date of birth, maiden name, code word, memorable, mnemonic, seed
    license key, product key, choose one, choose an, choose a method, 2fa method, auth method, choose second factor
    second factor method, method, menu, key file, yubikey pin, token pin, otp seed, totp secret, otp secret, hint
    password for key, password for the key, passwort für schlüssel, passwort für den schlüssel

    benutzername, nutzername, anmeldename, auswahl, auswählen, wählen, wähle, option wählen, taste, drücken, drücke
    tippen, tippe, passphrase, kennsatz, geheimzahl, persönliche identifikationsnummer, ja/nein, j/n, freischaltcode
    aktivierungscode, masterpasswort, hauptpasswort, postleitzahl, fingerabdruck, genehmigen
    bestätigen sie die anfrage, sicherheitsfrage, antwort, berühren, berühre, faktor, push bestätigen, pin code
    schlüsselpasswort, root passwort, admin passwort, senden, kundennummer

    nom d'utilisateur, identifiant, utilisateur, phrase secrète, phrase de passe, choix, choisir, choisissez
    appuyez, approuvez, approuver, oui/non, o/n, réponse, question secrète, code pin, code postal, code client
    code d'activation, facteur, empreinte, touchez, sélectionnez, sélection, mot de passe maître, défi, envoyer

    nombre de usuario, usuario, frase de contraseña, frase secreta, frase de paso, opción, opciones, elija, elige
    seleccione, selección, pulse, presione, apruebe, aprobar, sí/no, si/no, s/n, respuesta, pregunta, código pin
    código postal, factor, huella, toque, código de activación, contraseña maestra, desafío, enviar

    nome utente, utente, frase segreta, passphrase, opzione, opzioni, scegli, scegliere, selezionare, seleziona
    scelta, premi, premere, approva, approvare, sì/no, risposta, domanda, codice pin, codice postale, codice fiscale
    fattore, impronta, tocca, codice di attivazione, codice utente, codice cliente, sfida, invia

    nome de usuário, nome de utilizador, usuário, utilizador, frase secreta, frase senha, opção, opções, escolha
    selecione, pressione, aprove, aprovar, sim/não, resposta, pergunta, código postal, fator, impressão digital
    código de ativação, senha mestra, desafio

    gebruikersnaam, wachtwoordzin, wachtzin, optie, opties, kies, keuze, selecteer, druk, keur, goedkeuren, ja/nee
    antwoord, vraag, pincode, postcode, factor, vingerafdruk, raak, activeringscode, hoofdwachtwoord, stuur

    nazwa użytkownika, użytkownik, hasło główne, fraza, opcja, opcję, opcje, wybierz, wybór, naciśnij, zatwierdź
    tak/nie, t/n, odpowiedź, pytanie, kod pin, kod pocztowy, dotknij, odcisk, kod aktywacyjny, składnik, czynnik
    wyślij

    имя пользователя, логин, пользователь, парольная фраза, кодовая фраза, кодовое слово, вариант, выберите, выбор
    нажмите, подтвердите вход, одобрите, да/нет, ответ, вопрос, пин, пин код, пинкод, почтовый индекс, фактор
    отпечаток, коснитесь, код активации, мастер пароль, код страны, отправить, ім'я користувача, парольна фраза

    用户名, 用戶名, 用户名称, 使用者名稱, 账号, 帳號, 账户, 帐号, 密码短语, 密碼短語, 通行短语, 口令短语, 密码提示
    选项, 選項, 选择, 選擇, 按回车, 按下, 按 enter, 批准, 推送, 确认登录, 是/否, 是否, pin码, pin 码, pin碼
    个人识别码, 邮政编码, 激活码, 激活碼, 邀请码, 邀請碼, 二维码, 图形验证码, 圖形驗證碼, 条形码, 指纹, 触摸, 回答
    响应, 质询, 挑战, 密保问题, 主密码, 主密碼, 密钥密码, 管理员密码, root密码, 重置密码, 忘记密码, 国家代码, 区号
    发送, 應答, 应答, 私钥密码, 设备代码

    ユーザー名, ユーザ名, ユーザーid, ユーザid, パスフレーズ, 選択, オプション, 選んで, 押して, 承認, はい/いいえ
    暗証番号, pinコード, pin コード, 郵便番号, 合言葉, 秘密の質問, 質問, 回答, 応答, チャレンジ, 指紋, タッチ
    qrコード, 招待コード, アクティベーションコード, マスターパスワード, プッシュ, 国コード, バーコード, 送信
    キーのパスワード

    사용자 이름, 사용자명, 사용자 id, 아이디, 암호 구문, 암호구문, 선택, 옵션, 누르, 승인, 예/아니요, 핀, 핀 번호
    pin 번호, 우편번호, 우편 번호, 질문, 답변, 응답, 챌린지, 지문, 터치, qr 코드, 초대 코드, 활성화 코드
    마스터 비밀번호, 푸시, 국가 코드, 바코드, 보내기, 전송

    kullanıcı adı, kullanıcı adınız, parola cümlesi, seçenek, seçin, seçiniz, seçim, basın, basınız, onaylayınız
    onay verin, evet/hayır, e/h, yanıt, cevap, soru, pin kodu, posta kodu, parmak izi, dokunun, etkinleştirme kodu
    aktivasyon kodu, ana parola, ana şifre, faktör, gönder, bildirim, användarnamn, brugernavn, brukernavn
    käyttäjätunnus, käyttäjänimi, uživatelské jméno, felhasználónév, lösenfras, adgangsfrase, passordfrase
    tunnuslause, heslová fráze, tên người dùng, nama pengguna, שם משתמש, اسم المستخدم, όνομα χρήστη, κωδικός
""")

_AND = _listed("""
    and, and then, and your, &, +, plus, followed by, immediately followed by, directly followed by, then, and the
    concatenated with, appended with, together with, und, gefolgt von, und dann, sowie, et, suivi de, suivi du
    suivie du, puis, y, e, seguido de, seguida de, seguido del, seguito da, seguita da, seguido por, en
    gevolgd door, i, oraz, a następnie, wraz z, и, затем, и затем, 和, 与, 與, 及, 以及, 加, 后跟, 後接, と, および
    続けて, の後に, 와, 과, 및, 그리고, ve, ardından, och, og, ja, és, și, dan, và, ו, και, und anschließend
    anschließend, poi
""")

_OR = _listed("""
    or, or else, or a, or an, or your, oder, ou, ou bien, o, u, oppure, lub, albo, czy, или, либо, або, 或, 或者
    或是, または, 又は, もしくは, あるいは, 또는, 혹은, 이나, veya, ya da, eller, tai, nebo, vagy, sau, hoặc, atau
    of, או, أو, ή, ili
""")

VOCABULARY: Final = (
    (Word.PASSWORD, _PASSWORD),
    (Word.NEW, _NEW),
    (Word.CODE, _CODE),
    (Word.RECOVERY, _RECOVERY),
    (Word.OTHER, _OTHER),
    (Word.AND, _AND),
    (Word.OR, _OR),
)
"""Where two kinds have the same entry, the later one holds."""
