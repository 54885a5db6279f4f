/* pam_dialogue: asks what a file says, and tells what was answered.
 *
 *   pam_dialogue.so prompts   succeeds where sshd asks by keyboard-interactive, is ignored where it has a password;
 *                             from then on every answer is told on standard error, whichever module asked.
 *   pam_dialogue.so rounds    asks the rounds of the file, all of them, and fails if an answer was not as expected.
 *
 * The file, FILE below, has a line for each setting; texts are in hex, so that they may hold anything:
 *   secret HEX, algorithm SHA1|SHA256|SHA512, digits N, period SECONDS, reuse yes|no, tries N (in 30 s; 0: any),
 *   ask TEXT (replaces the prompts of pam_oath), round (begins one),
 *   prompt on|off EXPECTS TEXT, where EXPECTS is password, code, password+code, anything or =HEX.
 *
 * Codes are RFC 6238, of the present period or one beside it, computed by liboath. An answer itself is never told.
 */

#define _GNU_SOURCE
#include <crypt.h>
#include <fcntl.h>
#include <liboath/oath.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <shadow.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FILE_NAME "/etc/security/tunspec-dialogue"
#define USED_CODES "/run/tunspec-used-codes"
#define TRIES "/run/tunspec-tries"
#define TRIES_SECONDS 30
#define MOST 16
#define LONGEST 4096

enum matched { EMPTY, PASSWORD, CODE, USED_CODE, OTHER };
static const char *const matched_words[] = {"empty", "password", "code", "used-code", "other"};

struct prompt {
    int style;
    char expects[32];
    char *literal;
    char *text;
};

struct round {
    int size;
    struct prompt prompts[MOST];
};

static struct {
    char secret[256];
    size_t secret_size;
    int flags;
    int digits;
    int period;
    bool reuse;
    int tries;
    char *ask;
    int size;
    struct round rounds[MOST];
} settings;

struct judgement {
    enum matched matched;
    bool after_password;
    double left;
};

static struct pam_conv asker;
static struct judgement judgements[MOST];
static char user_name[256];

static char *from_hex(const char *hex)
{
    size_t size = strlen(hex) / 2;
    char *text = calloc(1, size + 1);
    for (size_t i = 0; text != NULL && i < size; i++) {
        unsigned int byte = 0;
        sscanf(hex + 2 * i, "%2x", &byte);
        text[i] = (char)byte;
    }
    return text;
}

static bool read_prompt(char *rest)
{
    char echo[4], expects[LONGEST], text[LONGEST] = "";
    struct round *round = settings.size > 0 ? &settings.rounds[settings.size - 1] : NULL;
    if (round == NULL || round->size == MOST || sscanf(rest, "%3s %4095s %4095s", echo, expects, text) < 2)
        return false;
    struct prompt *prompt = &round->prompts[round->size++];
    prompt->style = strcmp(echo, "on") == 0 ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF;
    prompt->text = from_hex(text);
    if (expects[0] == '=')
        prompt->literal = from_hex(expects + 1);
    else
        snprintf(prompt->expects, sizeof prompt->expects, "%.31s", expects);
    return true;
}

static bool read_setting(char *line)
{
    char *rest = line;
    const char *word = strsep(&rest, " \n");
    if (rest != NULL)
        rest[strcspn(rest, "\n")] = '\0';
    if (strcmp(word, "round") == 0)
        return settings.size < MOST && ++settings.size;
    if (rest == NULL)
        return word[0] == '\0';
    if (strcmp(word, "prompt") == 0)
        return read_prompt(rest);
    if (strcmp(word, "secret") == 0) {
        settings.secret_size = sizeof settings.secret;
        return oath_hex2bin(rest, settings.secret, &settings.secret_size) == OATH_OK;
    }
    if (strcmp(word, "algorithm") == 0)
        settings.flags = strcmp(rest, "SHA512") == 0   ? OATH_TOTP_HMAC_SHA512
                         : strcmp(rest, "SHA256") == 0 ? OATH_TOTP_HMAC_SHA256
                                                       : 0;
    else if (strcmp(word, "digits") == 0)
        settings.digits = atoi(rest);
    else if (strcmp(word, "period") == 0)
        settings.period = atoi(rest);
    else if (strcmp(word, "reuse") == 0)
        settings.reuse = strcmp(rest, "yes") == 0;
    else if (strcmp(word, "tries") == 0)
        settings.tries = atoi(rest);
    else if (strcmp(word, "ask") == 0)
        settings.ask = from_hex(rest);
    else
        return word[0] == '\0';
    return true;
}

static bool read_settings(void)
{
    char *line = NULL;
    size_t room = 0;
    bool good = true;
    FILE *file = fopen(FILE_NAME, "re");
    memset(&settings, 0, sizeof settings);
    settings.period = 30;
    settings.digits = 6;
    while (file != NULL && good && getline(&line, &room, file) > 0)
        good = read_setting(line);
    if (line != NULL)
        explicit_bzero(line, room);
    free(line);
    if (file != NULL)
        fclose(file);
    return file != NULL && good;
}

static bool listed(const char *file_name, long number, long at_least, int *count)
{
    bool found = false;
    long each;
    FILE *file = fopen(file_name, "re");
    while (file != NULL && fscanf(file, "%ld", &each) == 1) {
        found = found || each == number;
        *count += each >= at_least;
    }
    if (file != NULL)
        fclose(file);
    return found;
}

static void list(const char *file_name, long number)
{
    int file = open(file_name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) {
        dprintf(file, "%ld\n", number);
        close(file);
    }
}

static bool is_code(const char *answer, struct judgement *judgement)
{
    static const int nearest_first[] = {0, -1, 1};
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    for (size_t i = 0; settings.secret_size > 0 && i < 3; i++) {
        char code[16];
        long step = now.tv_sec / settings.period + nearest_first[i];
        if (oath_totp_generate2(settings.secret, settings.secret_size, step * settings.period,
                                (unsigned)settings.period, 0, (unsigned)settings.digits, settings.flags, code)
                != OATH_OK || strcmp(code, answer) != 0)
            continue;
        int ignored = 0;
        judgement->matched = listed(USED_CODES, step, 0, &ignored) ? USED_CODE : CODE;
        judgement->left = (double)((step + 1) * settings.period - now.tv_sec) - (double)now.tv_nsec / 1e9;
        list(USED_CODES, step);
        return true;
    }
    return false;
}

static bool is_password(const char *answer)
{
    const struct spwd *entry = getspnam(user_name);
    const char *hash = entry == NULL ? NULL : crypt(answer, entry->sp_pwdp);
    return hash != NULL && strcmp(hash, entry->sp_pwdp) == 0;
}

static struct judgement judge(const char *answer)
{
    struct judgement judgement = {OTHER, false, 0};
    size_t size = strlen(answer), digits = (size_t)settings.digits;
    if (size == 0)
        judgement.matched = EMPTY;
    else if (size == digits && is_code(answer, &judgement))
        return judgement;
    else if (is_password(answer))
        judgement.matched = PASSWORD;
    else if (size > digits) {
        char *password = strndup(answer, size - digits);
        if (password != NULL && is_password(password))
            judgement.after_password = is_code(answer + size - digits, &judgement);
        if (password != NULL)
            explicit_bzero(password, size - digits);
        free(password);
    }
    return judgement;
}

static void tell(const struct judgement *judgement, const char *prompt)
{
    char text[4 * LONGEST], *end = text;
    for (const unsigned char *each = (const unsigned char *)prompt; *each != 0 && end < text + sizeof text - 5; each++)
        end += *each < ' ' || *each == '\\' || *each == 127 ? sprintf(end, "\\x%02x", *each)
                                                              : sprintf(end, "%c", *each);
    *end = '\0';
    dprintf(STDERR_FILENO, "pam_dialogue: matched=%s left=%.1f prompt=%s\n", matched_words[judgement->matched],
            judgement->left, text);
}

/* The conversation of every module from here on: sshd's own, its answers told. */
static int ask_and_tell(int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
    const struct pam_message *asked[PAM_MAX_NUM_MSG];
    struct pam_message replaced = {PAM_PROMPT_ECHO_OFF, settings.ask};
    (void)data;
    for (int i = 0; i < count && i < PAM_MAX_NUM_MSG; i++)
        asked[i] = settings.ask != NULL && strstr(messages[i]->msg, "(OATH)") != NULL ? &replaced : messages[i];
    int result = asker.conv(count, asked, responses, asker.appdata_ptr);
    for (int i = 0; result == PAM_SUCCESS && i < count; i++) {
        if (asked[i]->msg_style != PAM_PROMPT_ECHO_OFF && asked[i]->msg_style != PAM_PROMPT_ECHO_ON)
            continue;
        const char *answer = (*responses)[i].resp;
        struct judgement judgement = judge(answer != NULL ? answer : "");
        tell(&judgement, asked[i]->msg);
        if (i < MOST)
            judgements[i] = judgement;
    }
    return result;
}

static bool called_for_prompts(void)
{
    char title[512] = "";
    FILE *file = fopen("/proc/self/cmdline", "re");
    size_t size = file == NULL ? 0 : fread(title, 1, sizeof title - 1, file);
    if (file != NULL)
        fclose(file);
    return memmem(title, size, "[pam]", 5) != NULL; /* sshd's process for keyboard-interactive, auth-pam.c */
}

static int listen_to_prompts(pam_handle_t *handle)
{
    const void *current = NULL;
    const struct pam_conv telling = {ask_and_tell, NULL};
    if (!called_for_prompts())
        return PAM_IGNORE;
    if (pam_get_item(handle, PAM_CONV, &current) != PAM_SUCCESS || current == NULL)
        return PAM_SYSTEM_ERR;
    asker = *(const struct pam_conv *)current;
    return pam_set_item(handle, PAM_CONV, &telling);
}

static bool too_many_tries(void)
{
    int count = 0;
    long now = time(NULL);
    list(TRIES, now);
    listed(TRIES, 0, now - TRIES_SECONDS, &count);
    return settings.tries > 0 && count > settings.tries;
}

static bool as_expected(const struct prompt *prompt, const struct judgement *judgement, const char *answer)
{
    bool code = judgement->matched == CODE || (judgement->matched == USED_CODE && settings.reuse);
    if (prompt->literal != NULL)
        return strcmp(answer, prompt->literal) == 0;
    if (strcmp(prompt->expects, "anything") == 0)
        return true;
    if (strcmp(prompt->expects, "password") == 0)
        return judgement->matched == PASSWORD;
    bool after_password = strcmp(prompt->expects, "password+code") == 0;
    return !too_many_tries() && code && judgement->after_password == after_password;
}

static int ask_round(const struct round *round)
{
    struct pam_message texts[MOST];
    const struct pam_message *messages[MOST];
    struct pam_response *responses = NULL;
    bool good = true;
    for (int i = 0; i < round->size; i++) {
        texts[i] = (struct pam_message){round->prompts[i].style, round->prompts[i].text};
        messages[i] = &texts[i];
    }
    if (round->size == 0)
        return PAM_SUCCESS;
    if (ask_and_tell(round->size, messages, &responses, NULL) != PAM_SUCCESS)
        return PAM_CONV_ERR;
    for (int i = 0; i < round->size; i++) {
        char *answer = responses[i].resp;
        good = as_expected(&round->prompts[i], &judgements[i], answer != NULL ? answer : "") && good;
        if (answer != NULL)
            explicit_bzero(answer, strlen(answer));
        free(answer);
    }
    free(responses);
    return good ? PAM_SUCCESS : PAM_AUTH_ERR;
}

int pam_sm_authenticate(pam_handle_t *handle, int flags, int argc, const char **argv)
{
    const char *user = NULL;
    int result = PAM_SUCCESS;
    (void)flags;
    if (argc != 1 || pam_get_user(handle, &user, NULL) != PAM_SUCCESS || !read_settings())
        return PAM_SYSTEM_ERR;
    snprintf(user_name, sizeof user_name, "%s", user);
    if (strcmp(argv[0], "prompts") == 0)
        return listen_to_prompts(handle);
    for (int i = 0; result != PAM_CONV_ERR && i < settings.size; i++) {
        int answered = ask_round(&settings.rounds[i]);
        result = answered == PAM_SUCCESS ? result : answered;
    }
    return result;
}

int pam_sm_setcred(pam_handle_t *handle, int flags, int argc, const char **argv)
{
    (void)handle, (void)flags, (void)argc, (void)argv;
    return PAM_IGNORE;
}
