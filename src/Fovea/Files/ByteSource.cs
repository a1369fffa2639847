namespace Fovea.Files;

/// <summary>Bytes that are read at any place: a file, or memory.</summary>
internal abstract class ByteSource : IDisposable
{
    /// <summary>How messages name it.</summary>
    public abstract string Name { get; }

    /// <summary>Number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static ByteSource Open(string path) => new FileSource(path);

    /// <summary>Bytes in memory.</summary>
    public static ByteSource Of(ReadOnlyMemory<byte> bytes, string name) => new MemorySource(bytes, name);

    /// <summary>Reads as many bytes as there is room for.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="destination">Where they go.</param>
    /// <exception cref="InvalidDataException">There are fewer.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || destination.Length > Length - offset)
        {
            throw new InvalidDataException(
                $"{Name}, byte {offset}: {destination.Length} bytes are expected here, but the file has {Length} in all. It was cut short or is damaged."
            );
        }

        if (ReadSome(offset, destination) < destination.Length)
        {
            throw new InvalidDataException($"{Name}: the file became shorter while it was read.");
        }
    }

    /// <summary>The first bytes, as many as there are up to a number.</summary>
    public byte[] Head(int count)
    {
        byte[] head = new byte[(int)Math.Min(count, Length)];
        Read(0, head);
        return head;
    }

    /// <inheritdoc/>
    public virtual void Dispose() { }

    /// <summary>Reads bytes that are within the length; fewer only where the file has shrunk.</summary>
    protected abstract int ReadSome(long offset, Span<byte> destination);

    private sealed class FileSource : ByteSource
    {
        private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file;

        public FileSource(string path)
        {
            Name = path;
            _file = File.OpenHandle(path);
            Length = RandomAccess.GetLength(_file);
        }

        public override string Name { get; }

        public override long Length { get; }

        public override void Dispose()
        {
            _file.Dispose();
            base.Dispose();
        }

        protected override int ReadSome(long offset, Span<byte> destination)
        {
            int read = 0;
            while (read < destination.Length)
            {
                int got = RandomAccess.Read(_file, destination[read..], offset + read);
                if (got == 0)
                {
                    break;
                }

                read += got;
            }

            return read;
        }
    }

    private sealed class MemorySource(ReadOnlyMemory<byte> bytes, string name) : ByteSource
    {
        public override string Name => name;

        public override long Length => bytes.Length;

        protected override int ReadSome(long offset, Span<byte> destination)
        {
            bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
            return destination.Length;
        }
    }
}
