using Fovea.Files;

namespace Fovea.Interop.PyTorch;

/// <summary>What becomes of the classes and functions that a pickle names: the few of tensors and containers are rebuilt
/// here, those that run programs are refused, and all others stay data.</summary>
/// <param name="file">For messages.</param>
internal sealed class PickleCalls(string file)
{
    private static readonly string[] RunningModules =
    [
        "os",
        "posix",
        "nt",
        "subprocess",
        "sys",
        "runpy",
        "importlib",
        "pty",
        "commands",
        "socket",
        "shutil",
        "webbrowser",
        "pickle",
        "_pickle",
        "code",
        "codeop",
        "pdb",
        "bdb",
        "timeit",
        "asyncio",
        "ctypes",
        "multiprocessing",
        "operator",
        "_operator",
        "http",
        "httplib",
        "urllib",
        "requests",
        "pip",
        "torch.hub",
    ];

    private static readonly string[] RunningBuiltins =
    [
        "eval",
        "exec",
        "execfile",
        "compile",
        "open",
        "file",
        "getattr",
        "setattr",
        "apply",
        "input",
        "globals",
        "breakpoint",
        "__import__",
        "map",
        "filter",
    ];

    private readonly Dictionary<string, PickleGlobal> _names = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);

    /// <summary>Classes and functions that are not known here and whose objects were read as data.</summary>
    public IReadOnlyCollection<string> Unknown => _unknown;

    /// <summary>A class or function by name.</summary>
    /// <exception cref="ModelFormatException">It is one that runs programs.</exception>
    public PickleGlobal Name(string module, string name)
    {
        string full = $"{module}.{name}";
        bool runs =
            full is "torch.load" or "torch.serialization.load"
            || (
                module is "builtins" or "__builtin__"
                    ? Array.IndexOf(RunningBuiltins, name.Split('.')[0]) >= 0
                    : Array.Exists(
                        RunningModules,
                        m => module == m || module.StartsWith(m + ".", StringComparison.Ordinal)
                    )
            );
        if (runs)
        {
            throw new ModelFormatException(
                $"{file}: asks for {ShortName.Of(full)}, which can run programs. No checkpoint needs that; nothing was run. Do not open the file with PyTorch."
            );
        }

        if (!_names.TryGetValue(full, out PickleGlobal? found))
        {
            found = new PickleGlobal(module, name);
            _names.Add(full, found);
        }

        return found;
    }

    /// <summary>What stands for an object that the file wants made.</summary>
    /// <param name="type">The class or function.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="named">What it is given by name; null for nothing.</param>
    /// <param name="budget">Memory for copies.</param>
    /// <exception cref="InvalidDataException">It is known, and given what it does not take.</exception>
    public object Make(PickleGlobal type, object?[] arguments, object? named, PickleBudget budget)
    {
        object? made = type.Module switch
        {
            "torch._utils" or "torch._tensor" or "torch" or "torch.nn.parameter" or "torch.jit._pickle" =>
                TorchCalls.Make(this, type, arguments, budget),
            _ => PlainCalls.Make(type, arguments, budget),
        };
        if (made is not null)
        {
            return made;
        }

        _unknown.Add(ShortName.Of(type.ToString()));
        return new PickleObject(type, named is null ? arguments : new[] { arguments, named });
    }
}
